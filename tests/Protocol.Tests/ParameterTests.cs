namespace ModelOperator.Protocol.Tests;

public sealed class ParameterTests
{
    [Test]
    public void What_the_server_knows_is_read_and_the_rest_let_be()
    {
        using InferRequest request = Json.Read("""
            {"parameters": {"priority": 3, "timeout": 1500, "binary_data_output": true, "sequence_id": 0, "sequence_start": false,
              "who": "me", "x": 0.5},
             "inputs": [], "outputs": [{"name": "p", "parameters": {"binary_data": false}},
              {"name": "q", "parameters": {"classification": 2, "later": 1}}, {"name": "r"}]}
            """);

        Assert.That(request.Parameters.Priority, Is.EqualTo(3));
        Assert.That(request.Parameters.Timeout, Is.EqualTo(TimeSpan.FromMicroseconds(1500)));
        Assert.That(request.Parameters.BinaryDataOutput, Is.True);
        Assert.That(request.Outputs, Is.EqualTo([
            new RequestedOutput("p") { BinaryData = false }, new RequestedOutput("q") { Classification = 2 }, new RequestedOutput("r")]));
    }

    [Test]
    public void A_timeout_of_nothing_is_none()
    {
        using InferRequest request = Json.Read("""{"parameters":{"timeout":0},"inputs":[]}""");

        Assert.That(request.Parameters.Timeout, Is.Null);
    }

    [TestCase("""{"priority":-1}""", "parameters: priority is -1, expected a whole number from 0 to 18446744073709551615")]
    [TestCase(
        """{"priority":"high"}""", "parameters: priority is the string \"high\", expected a whole number from 0 to 18446744073709551615")]
    [TestCase("""{"timeout":1e3}""", "parameters: timeout is 1e3, expected a whole number from 0 to 31622400000000")]
    [TestCase("""{"binary_data_output":1}""", "parameters: binary_data_output is 1, expected true or false")]
    [TestCase(
        """{"sequence_id":42}""",
        "parameters: sequence_id makes the request one of a sequence, but the models of this server keep no state between requests")]
    [TestCase(
        """{"sequence_id":"a"}""",
        "parameters: sequence_id makes the request one of a sequence, but the models of this server keep no state between requests")]
    [TestCase(
        """{"sequence_end":true}""",
        "parameters: sequence_end makes the request one of a sequence, but the models of this server keep no state between requests")]
    [TestCase("""{"who":null}""", "parameters: a parameter must be a string, a number or a bool, not null")]
    [TestCase("[]", "parameters must be an object, not a list")]
    public void Of_the_request_what_cannot_be_is_refused(string parameters, string message) =>
        Assert.That(Json.Error($$"""{"parameters":{{parameters}},"inputs":[]}"""), Is.EqualTo(message));

    [TestCase("""{"classification":-1}""", "outputs[0].parameters: classification is -1, expected a whole number from 0 to 2147483647")]
    [TestCase("""{"binary_data":"yes"}""", "outputs[0].parameters: binary_data is the string \"yes\", expected true or false")]
    [TestCase(
        """{"shared_memory_region":"r"}""",
        "outputs[0].parameters: shared_memory_region is an extension that this server does not have: send and ask for JSON or binary data")]
    public void Of_an_output_what_cannot_be_is_refused(string parameters, string message) =>
        Assert.That(Json.Error($$"""{"inputs":[],"outputs":[{"parameters":{{parameters}},"name":"p"}]}"""), Is.EqualTo(message));
}
