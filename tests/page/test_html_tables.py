"""Numbers in tables, as they are printed."""

from __future__ import annotations

from fairseq_neurons.page.html_tables import Cell, interval, is_least, p_value, percent, printed, row, signed


def test_numbers__have_true_minus_signs_and_bounds():
    assert (percent(-0.059), percent(None), printed("-1.00"), printed("inf")) == ("−5.9", "–", "−1.00", "∞")
    assert (signed(-1.234), signed(2)) == ("−1.23", "+2.00")
    assert (p_value(0.04), p_value(0.0004), p_value(0.0004, bare=True)) == ("p = 0.04", "p < 0.001", "< 0.001")
    assert (p_value(0.04975), p_value(0.3682)) == ("p = 0.0498", "p = 0.37")
    assert (interval(-0.01, 0.02, 100), interval(None, 1)) == ("−1.0 to 2.0", "")


def test_least_possible_p__is_a_fraction():
    assert (p_value(1 / 1001, least=1 / 1001), p_value(1 / 20, bare=True, least=1 / 20)) == ("p ≤ 1/1,001", "≤ 1/20")
    assert p_value(0.2, least=0.1) == "p = 0.2"
    assert is_least(1 / 1001, 1 / 1001 + 1e-15) and not is_least(2 / 1001, 1 / 1001)


def test_row__makes_cells_of_texts():
    assert row("name", ["1.0", Cell("2.0", "note")]) == [Cell("name"), Cell("1.0"), Cell("2.0", "note")]
