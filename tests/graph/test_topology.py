"""Edges, layers, cycles and counts, without a database."""

from __future__ import annotations

from graph import labels
from graph.topology import Edge, Lookup, Node, Order, edges, ordering

LINUX = "linux-64"


def node(id_, name, needs=None, *, outputs=None, exports=None, channel=1):
    """`needs` is {section: names}; all on linux-64."""
    places: dict[str, dict[str, list[str]]] = {}
    for section, names in (needs or {}).items():
        for each in names:
            places.setdefault(each, {})[section] = [LINUX]
    requirements = {each: labels.write(places[each]) for each in places}
    outputs = (name,) if outputs is None else outputs
    return Node(id_, name, channel, outputs, requirements, exports or {})


def edges_of(*nodes):
    return list(edges(nodes, Lookup(nodes)))


def order_of(*nodes):
    return Order([each.id for each in nodes], ordering(edges_of(*nodes)))


def test_an_edge_leads_to_the_feedstock_that_builds_the_package():
    boost = node(1, "boost", outputs=("libboost", "libboost-headers"))
    user = node(2, "user", {"host": ["libboost-headers"]})
    assert edges_of(boost, user) == [Edge(2, "libboost-headers", 1, "host:linux-64")]


def test_a_package_nobody_builds_is_external():
    assert edges_of(node(1, "user", {"run": ["mystery"]}))[0].target is None


def test_a_feedstock_does_not_depend_on_itself():
    split = node(1, "split", {"run": ["libsplit"]}, outputs=("split", "libsplit"))
    assert edges_of(split) == []


def test_an_ambiguous_package_has_an_edge_to_each_builder():
    one, two = node(1, "one", outputs=("blas",)), node(2, "two", outputs=("blas",))
    user = node(3, "user", {"host": ["blas"]})
    assert [edge.target for edge in edges_of(one, two, user)] == [1, 2]
    assert Lookup([one, two]).ambiguous() == {"blas": [1, 2]}


def test_the_own_channel_comes_first():
    ours, theirs = node(1, "numpy", channel=1), node(2, "numpy", channel=2)
    user = node(3, "user", {"run": ["numpy"]}, channel=2)
    assert [edge.target for edge in edges_of(ours, theirs, user)] == [2]
    assert Lookup([ours, theirs]).ambiguous() == {}


def test_an_unreadable_feedstock_is_taken_to_build_what_it_is_called():
    broken = node(1, "broken", outputs=())
    assert edges_of(broken, node(2, "user", {"run": ["broken"]}))[0].target == 1


def test_a_strong_run_export_reaches_from_build_to_host_and_run():
    gcc = node(1, "gcc", exports={"gcc": {"strong": ["libgcc"], "weak": ["unused"]}})
    libgcc, user = node(2, "libgcc"), node(3, "user", {"build": ["gcc"]})
    assert edges_of(gcc, libgcc, user) == [
        Edge(3, "gcc", 1, "build:linux-64"),
        Edge(3, "libgcc", 2, "host:linux-64 run:linux-64", via="gcc"),
    ]


def test_a_weak_run_export_reaches_from_host_to_run():
    zlib = node(1, "zlib", exports={"zlib": {"weak": ["zlib"]}})
    assert edges_of(zlib, node(2, "user", {"host": ["zlib"]})) == [
        Edge(2, "zlib", 1, "host:linux-64 run:linux-64")
    ]


def test_layers_count_the_longest_chain():
    a, b = node(1, "a"), node(2, "b", {"host": ["a"]})
    c = node(3, "c", {"host": ["a"], "run": ["b"]})
    positions = order_of(a, b, c).positions()
    assert [positions[each].depth for each in (1, 2, 3)] == [0, 1, 2]
    assert [positions[each].dependents for each in (1, 2, 3)] == [2, 1, 0]
    assert [positions[each].direct_dependents for each in (1, 2, 3)] == [2, 1, 0]
    assert [positions[each].dependencies for each in (1, 2, 3)] == [0, 1, 2]


def test_members_of_a_cycle_share_a_layer_and_depend_on_each_other():
    a, b = node(1, "a", {"run": ["b"]}), node(2, "b", {"host": ["a"]})
    user = node(3, "user", {"run": ["a"]})
    order = order_of(a, b, user)
    positions = order.positions()
    assert order.cycles() == [[1, 2]]
    assert positions[1].in_cycle
    assert positions[2].in_cycle
    assert (positions[1].depth, positions[2].depth, positions[3].depth) == (0, 0, 1)
    assert (positions[1].dependents, positions[2].dependents) == (2, 2)


def test_what_only_a_test_needs_has_no_say_in_order():
    a, b = node(1, "a", {"test": ["b"]}), node(2, "b", {"host": ["a"]})
    order = order_of(a, b)
    assert edges_of(a, b)[0].test_only
    assert order.cycles() == []
    assert order.positions()[2].dependents == 0


def test_what_a_feedstock_provides_is_its_packages_and_run_exports():
    both, weak = ("zlib", "libzlib"), {"zlib": {"weak": ["libzlib"]}}
    plain = node(1, "zlib", outputs=both, exports=weak)
    turned = node(1, "zlib", {"run": ["x"]}, outputs=both[::-1], exports=weak)
    assert turned.provides == plain.provides
    assert node(1, "zlib", outputs=("zlib",), exports=weak).provides != plain.provides
    strong = {"zlib": {"strong": ["libzlib"]}}
    assert node(1, "zlib", outputs=both, exports=strong).provides != plain.provides


def test_an_unreadable_recipe_provides_what_the_feedstock_is_called():
    assert node(1, "zlib", outputs=()).provides == node(1, "zlib").provides
