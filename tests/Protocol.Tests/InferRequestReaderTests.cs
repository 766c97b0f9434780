using System.Runtime.InteropServices;

namespace ModelOperator.Protocol.Tests;

public sealed class InferRequestReaderTests
{
    [Test]
    public void A_request_is_read_whole()
    {
        using InferRequest request = Json.Read("""
            {"id": "r-1", "parameters": {"priority": 1, "trace": true, "who": "me"}, "later": {"a": [1, {"b": null}]},
             "inputs": [
               {"name": "a", "shape": [2, 2], "datatype": "FP32", "parameters": {"x": 0.5}, "data": [1, 2.5, -3e2, 0]},
               {"name": "b", "shape": [1], "datatype": "INT64", "data": [9007199254740993]}],
             "outputs": [{"name": "p"}, {"name": "q", "parameters": {"classification": 2}}]}
            """);

        Assert.That(request.Id, Is.EqualTo("r-1"));
        Assert.That(request.Inputs.Select(i => i.Name), Is.EqualTo(["a", "b"]));
        Assert.That(MemoryMarshal.Cast<byte, float>(request.Inputs[0].Data.Span).ToArray(), Is.EqualTo([1f, 2.5f, -300f, 0f]));
        Assert.That(MemoryMarshal.Cast<byte, long>(request.Inputs[1].Data.Span).ToArray(), Is.EqualTo([9007199254740993L]));
        Assert.That(request.Outputs?.Select(o => o.Name), Is.EqualTo(["p", "q"]));
    }

    [TestCase("""{"data":[[1,2],[3,4]],"shape":[2,2],"name":"x","datatype":"INT32"}""")]
    [TestCase("""{"datatype":"INT32","data":[1,2,3,4],"name":"x","shape":[2,2]}""")]
    [TestCase("""{"shape":[2,2],"data":[[1,2],[3,4]],"datatype":"INT32","name":"x"}""")]
    public void The_fields_of_a_tensor_come_in_any_order_and_its_data_flat_or_nested(string tensor)
    {
        using InferRequest request = Json.Read($$"""{"inputs":[{{tensor}}]}""");

        Assert.That(request.Inputs[0].Shape, Is.EqualTo([2L, 2L]));
        Assert.That(MemoryMarshal.Cast<byte, int>(request.Inputs[0].Data.Span).ToArray(), Is.EqualTo([1, 2, 3, 4]));
    }

    [TestCase("BOOL", "[true,false]")]
    [TestCase("UINT8", "[0,255]")]
    [TestCase("UINT16", "[0,65535]")]
    [TestCase("UINT32", "[0,4294967295]")]
    [TestCase("UINT64", "[0,18446744073709551615]")]
    [TestCase("INT8", "[-128,127]")]
    [TestCase("INT16", "[-32768,32767]")]
    [TestCase("INT32", "[-2147483648,2147483647]")]
    [TestCase("INT64", "[-9223372036854775808,9223372036854775807]")]
    [TestCase("FP16", "[1.5,-65504]")]
    [TestCase("FP16", "[\"NaN\",\"-Infinity\"]")]
    [TestCase("FP32", "[0.1,-3.4028235E+38]")]
    [TestCase("FP32", "[\"NaN\",\"Infinity\"]")]
    [TestCase("FP64", "[0.1,1.7976931348623157E+308]")]
    [TestCase("FP64", "[\"NaN\",\"-Infinity\"]")]
    [TestCase("BF16", "[1.5,-0.0078125]")]
    [TestCase("BF16", "[\"NaN\",\"Infinity\"]")]
    [TestCase("BYTES", "[\"\",\"z\\u00FC\\n\"]")]
    public void Each_type_is_written_as_it_was_read(string datatype, string data)
    {
        using InferRequest request = Json.Read(Json.Tensor(datatype, "[2]", data));

        Assert.That(Json.WriteData(request.Inputs[0].DataType, request.Inputs[0].Data.Span), Is.EqualTo(data));
    }

    [TestCase("[0]", "[]")]
    [TestCase("[1,0,4]", "[]")]
    [TestCase("[1,0,4]", "[[]]")]
    [TestCase("[0,64]", "[]")]
    [TestCase("[2,0]", "[[],[]]")]
    [TestCase("[]", "[7]")]
    [TestCase("[1,1,1]", "[[[7]]]")]
    public void Empty_tensors_and_scalars_are_tensors(string shape, string data)
    {
        using InferRequest request = Json.Read(Json.Tensor("FP32", shape, data));

        Assert.That(request.Inputs[0].Data.Length, Is.EqualTo(4 * request.Inputs[0].ElementCount));
    }

    [TestCase("UINT8", "[1,256]", "input 'x': value 1 of data is 256, expected UINT8 (a whole number from 0 to 255)")]
    [TestCase("UINT16", "[-1,0]", "input 'x': value 0 of data is -1, expected UINT16 (a whole number from 0 to 65535)")]
    [TestCase(
        "INT64", "[1,1.5]",
        "input 'x': value 1 of data is 1.5, expected INT64 (a whole number from -9223372036854775808 to 9223372036854775807)")]
    [TestCase(
        "INT32", "[1,\"2\"]",
        "input 'x': value 1 of data is the string \"2\", expected INT32 (a whole number from -2147483648 to 2147483647)")]
    [TestCase("BOOL", "[true,1]", "input 'x': value 1 of data is 1, expected BOOL (true or false)")]
    [TestCase("BYTES", "[\"a\",null]", "input 'x': value 1 of data is null, expected BYTES (a string)")]
    [TestCase(
        "FP32", "[1,1e39]",
        "input 'x': value 1 of data is 1e39, expected FP32 (a number in its range, or \"NaN\", \"Infinity\", \"-Infinity\")")]
    [TestCase(
        "FP16", "[1,65520]",
        "input 'x': value 1 of data is 65520, expected FP16 (a number in its range, or \"NaN\", \"Infinity\", \"-Infinity\")")]
    [TestCase(
        "FP64", "[1,{}]",
        "input 'x': value 1 of data is an object, expected FP64 (a number in its range, or \"NaN\", \"Infinity\", \"-Infinity\")")]
    [TestCase("FP64", "[[1],2]", "input 'x': data has lists and values side by side after 1 values")]
    [TestCase("FP64", "[1,[2]]", "input 'x': data has lists and values side by side after 1 values")]
    [TestCase("FP64", "[[1,2],[3]]", "input 'x': data is ragged: of its nested lists one has 2 entries and another 1")]
    [TestCase("FP64", "[1,2,3]", "input 'x': shape [2] needs 2 values, data has 3")]
    [TestCase("FP64", "[[1],[2]]", "input 'x': data is nested as [2, 1], expected a flat list or lists nested as shape [2]")]
    [TestCase("FP64", "7", "input 'x': data must be a list of FP64 values, not 7")]
    [TestCase(
        "FLOAT", "[1,2]",
        "input 'x': datatype 'FLOAT' is unknown, expected one of BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64, FP16, "
        + "FP32, FP64, BF16, BYTES")]
    public void What_does_not_fit_is_refused_by_tensor_value_and_expectation(string datatype, string data, string message) =>
        Assert.That(Json.Error(Json.Tensor(datatype, "[2]", data)), Is.EqualTo(message));

    [TestCase("", "the body is empty, expected a JSON object", false)]
    [TestCase("[]", "the body must be a JSON object, not a list", true)]
    [TestCase("{}", "inputs is missing: the request must list the input tensors", true)]
    [TestCase("""{"inputs":{}}""", "inputs must be a list of tensors, not an object", true)]
    [TestCase("""{"inputs":[1]}""", "inputs[0] must be a tensor object, not 1", true)]
    [TestCase("""{"inputs":[{}]}""", "inputs[0]: name is missing", true)]
    [TestCase("""{"inputs":[{"name":"x","datatype":"FP32","shape":[1]}]}""", "input 'x': data is missing", true)]
    [TestCase("""{"inputs":[{"name":"x","shape":[1],"data":[1]}]}""", "input 'x': datatype is missing", true)]
    [TestCase("""{"inputs":[{"name":"x","datatype":"FP32","data":[1]}]}""", "input 'x': shape is missing", true)]
    [TestCase("""{"inputs":[{"name":"x","shape":[-1]}]}""", "input 'x': dimension 0 of shape is -1, expected a whole number from 0", true)]
    [TestCase("""{"inputs":[{"name":"x","shape":7}]}""", "input 'x': shape must be a list of whole numbers, not 7", true)]
    [TestCase("""{"inputs":[{"name":"x","name":"y"}]}""", "input 'x'.name is given twice", true)]
    [TestCase("""{"inputs":[],"inputs":[]}""", "inputs is given twice", true)]
    [TestCase("""{"id":7,"inputs":[]}""", "id must be a string, not 7", true)]
    [TestCase("""{"inputs":[],"outputs":[{}]}""", "outputs[0].name is missing", true)]
    [TestCase("""{"inputs":[],"outputs":["p"]}""", "outputs[0] must be an object with a name, not the string \"p\"", true)]
    [TestCase("""{"inputs":[],"parameters":{"a":[]}}""", "parameters: a parameter must be a string, a number or a bool, not a list", true)]
    [TestCase(
        """{"inputs":[{"name":"x","datatype":"FP32","shape":[1],"parameters":{"binary_data_size":4}}]}""",
        "input 'x': binary_data_size is 4, but only 0 bytes of the body are left for it", true)]
    [TestCase("""{"inputs":[]} {}""", "the body is not valid JSON", false)]
    [TestCase("""{"inputs":[""", "the body is not valid JSON", false)]
    [TestCase("""{"id":"\ud800","inputs":[]}""", "the body is not valid JSON: it has text that is not valid Unicode", true)]
    public void What_is_no_request_is_refused_with_the_field_that_is_wrong(string json, string message, bool whole) =>
        Assert.That(Json.Error(json), whole ? Is.EqualTo(message) : Does.StartWith(message));

    [TestCase("""{"id":null,"parameters":null,"inputs":[],"outputs":null}""")]
    [TestCase("""{"inputs":[{"name":"x","datatype":"FP32","shape":[0],"data":[],"parameters":null}],"outputs":[]}""")]
    [TestCase("""{"inputs":[{"name":"x","datatype":"FP32","shape":[0],"data":null,"parameters":{"binary_data_size":0}}]}""")]
    public void What_may_be_left_out_may_be_null(string json)
    {
        using InferRequest request = Json.Read(json);

        Assert.That((request.Id, request.Outputs), Is.EqualTo(((string?)null, (List<RequestedOutput>?)null)));
    }

    [Test]
    public void Parameters_of_an_output_may_be_null()
    {
        using InferRequest request = Json.Read("""{"inputs":[],"outputs":[{"name":"y","parameters":null}]}""");

        Assert.That(request.Outputs, Is.EqualTo([new RequestedOutput("y")]));
    }

    [Test]
    public void Limits_hold()
    {
        ProtocolLimits limits = new() { MaxTensors = 1, MaxRank = 2, MaxElements = 3, MaxNameLength = 4, MaxIdLength = 4 };

        Assert.That(Json.Error("""{"id":"12345","inputs":[]}""", limits), Is.EqualTo("id is longer than 4 characters"));
        Assert.That(Json.Error("""{"inputs":[{"name":"12345"}]}""", limits), Is.EqualTo("inputs[0].name is longer than 4 characters"));
        Assert.That(
            Json.Error(Json.Tensor("FP32", "[1,1,1]", "[1]"), limits),
            Is.EqualTo("input 'x': shape has more than 2 dimensions, the limit"));
        Assert.That(Json.Error(Json.Tensor("FP32", "[1]", "[[[1]]]"), limits), Is.EqualTo("input 'x': data is nested deeper than 2 lists"));
        Assert.That(
            Json.Error(Json.Tensor("FP32", "[4]", "[1,2,3,4]"), limits),
            Is.EqualTo("input 'x': the request has more than 3 values, the limit"));
        Assert.That(
            Json.Error(Json.Tensor("FP32", "[4611686018427387904,4611686018427387904]", "[1]"), limits),
            Is.EqualTo("input 'x': shape [4611686018427387904, 4611686018427387904] has more than 3 values, the limit"));
        Assert.That(
            Json.Error(Json.Tensor("FP32", "[0,4]", "[]"), limits),
            Is.EqualTo("input 'x': shape [0, 4] has more than 3 values, the limit"), "a sum over nothing would have four values");
        Assert.That(
            Json.Error("""{"inputs":[{"name":"x","datatype":"FP32","shape":[0],"data":[]},{}]}""", limits),
            Is.EqualTo("inputs has more than 1 tensors, the limit"));
        Assert.That(
            Json.Error("""{"inputs":[],"outputs":[{"name":"a"},{"name":"b"}]}""", limits),
            Is.EqualTo("outputs has more than 1 entries, the limit"));
    }

    [Test]
    public void Elements_are_limited_over_all_tensors_of_a_request()
    {
        string tensor = """{"name":"x","datatype":"FP32","shape":[2],"data":[1,2]}""";

        ProtocolException error = Assert.Throws<ProtocolException>(
            () => Json.Read($$"""{"inputs":[{{tensor}},{{tensor}}]}""", new ProtocolLimits { MaxElements = 3 }).Dispose())!;
        Assert.That(error.StatusCode, Is.EqualTo(413));
    }
}
