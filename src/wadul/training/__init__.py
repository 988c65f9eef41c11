"""The trainers' room: the language data as files, its checks, and the life of a model.

Knows files, the Rasa programs and the tables; knows neither the command line nor the console, so
that both call the same functions. What a function returns is said in Indonesian where a trainer
reads it.
"""
