from ._form import answer as answer
from ._form import ask as ask
from ._form import see as see
from ._scores import scores as scores
