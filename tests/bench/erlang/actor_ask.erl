%% SPDX-License-Identifier: BSD-3-Clause
%%
%% Erlang: one call after the other to a server in another node.
-module(actor_ask).
-behaviour(row).
-export([about/0, measure/1]).

about() -> {"us", 10000}.

measure(Asks) ->
    Server = echo:start_elsewhere(),
    1 = gen_server:call(Server, 1),
    {Microseconds, ok} = timer:tc(fun() -> ask(Server, 0, Asks) end),
    Microseconds / Asks.

ask(_, Asks, Asks) -> ok;
ask(Server, I, Asks) ->
    I = gen_server:call(Server, I),
    ask(Server, I + 1, Asks).
