%% SPDX-License-Identifier: BSD-3-Clause
%%
%% A server that answers with what it is asked, and how to start it in a node of its own.
-module(echo).
-behaviour(gen_server).
-export([start_elsewhere/0, init/1, handle_call/3, handle_cast/2]).

start_elsewhere() ->
    {ok, _, Node} = peer:start_link(#{name => peer:random_name(echo), host => "localhost"}),
    {ok, Server} = erpc:call(Node, gen_server, start, [echo, [], []]),
    true = Node =:= node(Server) andalso Node =/= node(),
    Server.

init([]) -> {ok, none}.

handle_call(X, _From, State) -> {reply, X, State}.

handle_cast(_, State) -> {noreply, State}.
