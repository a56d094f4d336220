"""Settings check themselves and print as pipeline options."""

import pytest

import nnq
from nnq import pipelines


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"weight_granularity": "per_row"}, "weight_granularity is one of per_channel, per_tensor, not 'per_row'"),
        ({"activations": "int4"}, "activations is one of"),
        ({"range_method": "best"}, "range_method is one of mse"),
        ({"percentile": 20}, "percentile is above 50"),
        ({"keep_float": "conv1"}, "is a list of strings"),
        ({"keep_float": [""]}, "it needs text"),
    ],
)
def test_a_wrong_setting_is_an_error_that_says_what_is_right(arguments, message):
    with pytest.raises(nnq.Error, match=message):
        nnq.Int8(**arguments)


def test_settings_are_options_of_the_quantize_pipeline():
    exceptions = {"keep_float": ["conv1"], "rules": ["op:nnq.softmax=float"]}
    settings = nnq.Int8(weight_granularity="per_tensor", range_method="percentile", percentile=99.9, **exceptions)
    assert str(pipelines.quantize("c.json", settings)) == (
        "nnq-quantize-pipeline{calibration=c.json range-method=percentile percentile=99.9 weight-granularity=per_tensor "
        "activations=asymmetric rules=keep=conv1,op:nnq.softmax=float}"
    )


def test_a_path_with_blanks_is_put_in_braces():
    assert "calibration={/tmp/a b/c.json} " in str(pipelines.quantize("/tmp/a b/c.json", nnq.Int8()))
