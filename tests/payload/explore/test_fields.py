from __future__ import annotations

from pytest_enrich.payload.explore import stated


def test_what_is_no_name_in_the_dictionary_of_an_object_is_none_of_its_fields():
    class Box:
        def __init__(self) -> None:
            self.size = 2
            self._hidden = 3
            self.__dict__[1] = "one"

    assert [*stated.fields(Box())] == [("size", 2)]
