from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score

from mexlab.data.clips import ClipKey
from mexlab.errors import InputError
from mexlab.runs.files import Prediction, average_seeds, predictions_table
from mexlab.runs.foreign_columns import ColumnNames
from mexlab.runs.foreign_predictions import read_foreign_predictions
from mexlab.runs.metrics import metrics_of_predictions

THREE = ("negative", "positive", "surprise")


@pytest.fixture
def write(tmp_path):
    def made(text, encoding="utf-8"):
        path = tmp_path / "theirs.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return made


@pytest.mark.parametrize(
    "text",
    [
        "true,predicted\nnegative,positive\nsurprise,surprise\n",
        "\ufeffy_true;y_pred\r\nnegative;positive\r\nsurprise;surprise\r\n",
        "Ground Truth\tPrediction\nnegative\tpositive\n\nsurprise\tsurprise\n",
        '"label","Pred"\n" negative ","positive"\n"surprise","surprise"\n',
    ],
)
def test_columns_are_found_in_the_spellings_that_are_met(write, text):
    found = read_foreign_predictions(write(text))
    assert [(row.true, row.predicted) for row in found.rows] == [
        ("negative", "positive"),
        ("surprise", "surprise"),
    ]
    # The scheme's classes in its order, the one without clips too.
    assert found.classes == THREE
    assert (found.seeds, found.holds) == ((), frozenset())


def test_columns_can_be_named_and_classes_renamed(write):
    path = write("label,other label,out\n0,1,1\n2,2,2\n")
    with pytest.raises(InputError, match=r"no column for the predicted.*--predicted COLUMN"):
        read_foreign_predictions(path)
    columns = ColumnNames(true="other label", predicted="out")
    found = read_foreign_predictions(path, columns, classes=THREE)
    assert [row.true for row in found.rows] == ["positive", "surprise"]
    found = read_foreign_predictions(path, columns, classes=["2=yes", "1=no"])
    assert found.classes == ("yes", "no")
    assert [row.predicted for row in found.rows] == ["no", "yes"]


def test_probabilities_with_a_decimal_comma_are_numbers(write):
    """As spreadsheets of many countries save them, with semicolons between the cells."""
    text = "true;pred;p_negative;p_positive;p_surprise\nnegative;positive;0,25;0,5;0,25\n"
    (row,) = read_foreign_predictions(write(text)).rows
    assert row.probabilities == {"negative": 0.25, "positive": 0.5, "surprise": 0.25}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "expected a line of column names"),
        ("true,pred\n", "at least one clip"),
        (
            "a,b\n1,2\n",
            "no column for the true class; there are a, b; no column for the predicted class",
        ),
        ("true,label,pred\n1,1,2\n", "true, label could each be the true class.*--true COLUMN"),
        ("true,pred\na,\n,b\n", "row 2 has no predicted class; row 3 has no true class"),
        ("true,pred\na,b,c\na\n", "row 2 has 3 cells, the header 2; row 3 has 1 cells"),
        ("true,pred\nAnger,anger\n", "'Anger' and 'anger' differ in capitals alone"),
        ("true,pred,p_a\na,b,1\n", "no probabilities of b; there are those of a"),
        ("true,pred,p_a,p_b\na,b,x,1\n", "row 2: expected probabilities as numbers"),
        ("true,pred,p_a,p_b\na,b,2,3\n", "row 2: expected probabilities, their sum is 5"),
        ("true,pred,p_a,p_b\na,b,0.9,0.1\n", "row 2 predicts b, but a is more probable.*--no-prob"),
        ("true,pred,clip\na,b,x\na,b,x\n", "row 3 is of the clip of row 2 again"),
        ("true,pred,clip,seed\na,b,x,1\nb,b,x,2\n", "row 3 has b as the true class, row 2 a"),
        ("true,pred,clip,seed\na,b,x,1\nb,b,y,2\n", "seed 2 has 1 clips, seed 1 1, not the same"),
        ("true,pred,seed\na,b,1\nb,b,2\n", "no clips' names.*--clip COLUMN"),
        ("true,pred,seed\na,b,first\n", "row 2: expected a whole number or 'mean' as seed"),
        ("true,pred,subject\na,b,\n", "row 2 has no subject"),
        ("true,pred,clip,expression\na,b,x,0\n", "row 2: expected the number of an event"),
    ],
)
def test_faults_name_file_row_and_remedy(write, text, said):
    with pytest.raises(InputError, match=f"theirs.csv: .*{said}"):
        read_foreign_predictions(write(text))


def test_all_faults_are_told_at_once_and_many_are_counted(write):
    path = write("true,pred,subject,p_a,p_b\na,,s,1,0\na,b,,1,0\nb,b,s,0.2,0.2\n")
    with pytest.raises(InputError) as caught:
        read_foreign_predictions(path)
    parts = "row 2 has no predicted class", "row 3 has no subject", "row 3 predicts b", "is 0.4"
    for part in parts:
        assert part in str(caught.value)
    with pytest.raises(InputError, match="; and 12 more"):
        read_foreign_predictions(write("true,pred\n" + "a,\n" * 20))


def test_another_encoding_is_told(write):
    with pytest.raises(InputError, match=r'not UTF-8.*"CSV UTF-8"'):
        read_foreign_predictions(write("true,pred\nü,a\n", "latin-1"))


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(InputError, match=r"nowhere.csv: cannot be read \(No such file"):
        read_foreign_predictions(tmp_path / "nowhere.csv")


def made_rows(classes, seeds, clips=40):
    stream, rows = np.random.default_rng(5), []
    truth = stream.integers(0, len(classes), clips)
    for seed in seeds:
        for i in range(clips):
            # As they are written: nine digits, which bring a float32 back.
            shares = [float(f"{x:.9g}") for x in stream.dirichlet(np.ones(len(classes)))]
            rows.append(
                Prediction(
                    ClipKey(("casme2", "smic")[i % 2], f"=s{i % 7}", f"-{i}, “x”", 1 + i % 2),
                    classes[truth[i]],
                    classes[int(np.argmax(shares))],
                    dict(zip(classes, shares, strict=True)),
                    seed,
                    f"casme2/=s{i % 7}",
                )
            )
    return rows


@pytest.mark.parametrize("classes", [THREE, ("@joy", "=fear"), tuple("HGFEDCBA")])
@pytest.mark.parametrize("seeds", [(3,), (1, 2, 5)])
def test_what_mexlab_writes_it_reads_back_to_the_same_figures(write, classes, seeds):
    rows = made_rows(classes, seeds)
    mean = average_seeds(rows) if len(seeds) > 1 else []
    found = read_foreign_predictions(write(predictions_table([*mean, *rows], classes)))
    assert found.rows == rows
    assert found.seeds == seeds
    assert set(found.classes) == set(classes)
    read, own = (metrics_of_predictions(one, classes) for one in (found.rows, rows))
    assert read == own
    # And, without probabilities, the calls alone.
    bare = read_foreign_predictions(write(predictions_table(rows, ())), classes=classes)
    assert [row.predicted for row in bare.rows] == [row.predicted for row in rows]
    assert "probabilities" not in bare.holds


def test_the_figures_are_those_of_sklearn(write):
    rows = [replace(row, seed=1) for row in made_rows(THREE, (1,))]
    found = read_foreign_predictions(write(predictions_table(rows, THREE)))
    for part in ("full", "casme2"):
        own = [row for row in rows if part in ("full", row.key.database)]
        truth, called = [row.true for row in own], [row.predicted for row in own]
        figures = metrics_of_predictions(found.rows, found.classes)[part]
        assert figures["accuracy"] == pytest.approx(accuracy_score(truth, called))
        assert figures["uf1"] == pytest.approx(f1_score(truth, called, average="macro"))
        assert figures["uar"] == pytest.approx(balanced_accuracy_score(truth, called))


def test_votes_are_averaged_where_there_are_no_probabilities(write):
    text = "seed,clip,true,pred\n" + "".join(
        f"{seed},x,a,{called}\n" for seed, called in ((1, "b"), (2, "a"), (3, "b"))
    )
    found = read_foreign_predictions(write(text))
    [row] = average_seeds(found.rows)
    assert row.predicted == "b"
    assert row.probabilities == pytest.approx({"a": 1 / 3, "b": 2 / 3})


def test_whole_floats_are_their_integers(write):
    # As pandas writes a column of integers that once held a gap.
    text = (
        "subject,clip,seed,fold,true,pred,p_0.0,p_1\n"
        "1.0,1.0,1.0,2.0,0,0.0,0.9,0.1\n"
        "1,b,1,2,1.0,1,0.1,0.9\n"
    )
    found = read_foreign_predictions(write(text))
    assert (found.classes, found.seeds) == (("0", "1"), (1,))
    assert [(row.true, row.predicted) for row in found.rows] == [("0", "0"), ("1", "1")]
    assert [row.fold for row in found.rows] == ["2", "2"]
    assert [(row.key.subject, row.key.name) for row in found.rows] == [("1", "1.0"), ("1", "b")]
    assert found.rows[0].probabilities == {"0": 0.9, "1": 0.1}
    for classes in (["0.0=no", "1=yes"], ["0=no", "1.0=yes"], ["no", "yes"]):
        named = read_foreign_predictions(write(text), classes=classes)
        assert [row.predicted for row in named.rows] == ["no", "yes"]
        assert named.rows[0].probabilities == {"no": 0.9, "yes": 0.1}
    assert read_foreign_predictions(write(text), classes=["1.0", "0.0"]).classes == ("1", "0")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("true,pred\na\x00,a\n", r"row 2 has the control character U\+0000 in its true"),
        ("true,pred\na,a\na,b\tc\n", r"row 3 has the control character U\+0009 in its predicted"),
        (
            f'true,pred,note\na,a,\na,a,"{"x" * 140_000}\n',
            "row 3 has a cell of more than 131072 characters.*Close the quote",
        ),
        ("true,pred,p_0,p_0.0\n0,0,1,1\n", "p_0 and p_0.0 are probabilities of one class"),
    ],
)
def test_what_no_label_may_hold_is_told_with_its_row(write, text, said):
    with pytest.raises(InputError, match=said):
        read_foreign_predictions(write(text))
