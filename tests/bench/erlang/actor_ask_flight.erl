%% SPDX-License-Identifier: BSD-3-Clause
%%
%% Erlang: requests to a server in another node, a thousand on their way at any time.
-module(actor_ask_flight).
-behaviour(row).
-export([about/0, measure/1]).

-define(IN_FLIGHT, 1000).

about() -> {"M/s", 200000}.

measure(Asks) ->
    Server = echo:start_elsewhere(),
    1 = gen_server:call(Server, 1),
    {Microseconds, Asks} = timer:tc(fun() -> ask(Server, 0, 0, Asks, queue:new()) end),
    Asks / Microseconds.

%% Asks as long as it may, otherwise takes the oldest answer first.
ask(Server, Asked, Answered, Asks, Open) when Asked < Asks, Asked - Answered < ?IN_FLIGHT ->
    Request = gen_server:send_request(Server, Asked),
    ask(Server, Asked + 1, Answered, Asks, queue:in(Request, Open));
ask(Server, Asked, Answered, Asks, Open) when Answered < Asks ->
    {{value, Request}, Rest} = queue:out(Open),
    {reply, Answered} = gen_server:receive_response(Request, infinity),
    ask(Server, Asked, Answered + 1, Asks, Rest);
ask(_, Asks, Asks, Asks, _) ->
    Asks.
