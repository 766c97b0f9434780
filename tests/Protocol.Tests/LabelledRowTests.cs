using System.Text;

namespace ModelOperator.Protocol.Tests;

public sealed class LabelledRowTests
{
    private const string Inputs = """[ {"name":"x","shape":[1,2],"datatype":"FP32","data":[[1,2]]} ]""";

    [TestCase("""{"inputs":INPUTS,"truth":7}""")]
    [TestCase("""{ "truth" : "7" , "inputs" : INPUTS , "id" : "é" }""")]
    public void A_row_tells_its_truth_and_where_its_inputs_stand(string json)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(json.Replace("INPUTS", Inputs));

        using LabelledRow row = LabelledRow.Read(bytes, new ProtocolLimits());

        Assert.That(Encoding.UTF8.GetString(bytes.AsSpan(row.Inputs)), Is.EqualTo(Inputs));
        Assert.That(row.Truth.Labels("truth"), Is.EqualTo(new[] { "7" }));
        Assert.That(row.Request.Inputs.Single().ElementCount, Is.EqualTo(2));
    }

    [TestCase("""{"truth":7}""", "inputs is missing: a row must list the input tensors")]
    [TestCase("""{"inputs":INPUTS}""", "truth is missing: give the right answer, or a list of them for a batch")]
    [TestCase("""{"inputs":INPUTS,"truth":7,"truth":8}""", "truth is given twice")]
    [TestCase("""{"inputs":INPUTS,"inputs":INPUTS,"truth":7}""", "inputs is given twice")]
    [TestCase("""{"inputs":{},"truth":7}""", "inputs must be a list of tensors, not an object")]
    [TestCase("""7""", "a row must be a JSON object, not 7")]
    public void What_is_no_row_is_refused_with_what_would_be_right(string json, string message) =>
        Assert.That(Assert.Throws<ProtocolException>(() => Read(json))!.Message, Is.EqualTo(message));

    [TestCase("parameters")]
    [TestCase("outputs")]
    [TestCase("label")]
    public void A_field_that_would_not_be_sent_is_refused(string field) => Assert.That(
        Assert.Throws<ProtocolException>(() => Read($$"""{"inputs":INPUTS,"truth":7,"{{field}}":[]}"""))!.Message,
        Does.StartWith($"\"{field}\" is not a field of a row, expected inputs and truth: "));

    private static void Read(string json) =>
        LabelledRow.Read(Encoding.UTF8.GetBytes(json.Replace("INPUTS", Inputs)), new ProtocolLimits()).Dispose();
}
