%% SPDX-License-Identifier: BSD-3-Clause
%%
%% Runs a program of this folder, which has checked every result when measure returns, and prints the value as one line
%% of JSON.
-module(row).
-export([main/1]).

-callback about() -> {Unit :: string(), Size :: pos_integer()}.
-callback measure(Size :: pos_integer()) -> float().

main([Name | Rest]) ->
    Row = list_to_atom(Name),
    {Unit, Default} = Row:about(),
    Size = case Rest of
               [] -> Default;
               [Given] -> list_to_integer(Given)
           end,
    try Row:measure(Size) of
        Value ->
            io:format("{\"row\": \"~s\", \"unit\": \"~s\", \"value\": ~.9g, \"size\": ~b, "
                      "\"checked\": true}~n", [Name, Unit, Value, Size]),
            halt(0)
    catch
        Class:Reason ->
            io:format(standard_error, "~s: ~p: ~0p~n", [Name, Class, Reason]),
            halt(1)
    end.
