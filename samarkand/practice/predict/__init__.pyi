from ._asking import answer as answer
from ._asking import ask as ask
from ._asking import see as see
from ._scores import scores as scores
