using System.Text.Json;

namespace ModelOperator.Api.Tests;

public class SerializationTests
{
    [Test]
    public void What_is_absent_is_left_out_and_names_are_those_of_the_crd()
    {
        var entity = Specs.Entity(digits => digits.Spec.Rollout = new RolloutSpec
        {
            Analysis = new AnalysisSpec
            {
                OnInconclusive = InconclusiveAction.Rollback,
                Guardrails = [new Guardrail { Name = "errors", Type = GuardrailType.ErrorRate }],
            },
        });

        var json = JsonSerializer.SerializeToNode(entity, ApiJsonContext.Default.ModelDeployment)!;

        Assert.That(json["spec"]!.ToJsonString(), Is.EqualTo(
            """{"model":{"uri":"https://models.example.com/digits.onnx"},"rollout":{"analysis":{"guardrails":[{"name":"errors","type":"ErrorRate"}],"onInconclusive":"Rollback"}}}"""));
        Assert.That(json.AsObject().ContainsKey("status"), Is.False);
    }

    [TestCase("2026-03-01T12:00:00Z", "2026-03-01T12:00:00Z")]
    [TestCase("2026-03-01T13:00:00+01:00", "2026-03-01T12:00:00Z")]
    [TestCase("2026-03-01T12:00:00.1234567Z", "2026-03-01T12:00:00.1234567Z")]
    public void Times_are_written_in_utc_and_lose_nothing(string read, string written)
    {
        var json = $$$"""{"rollout":{"startedAt":"{{{read}}}"}}""";
        var status = JsonSerializer.Deserialize(json, ApiJsonContext.Default.ModelDeploymentStatus)!;

        var again = JsonSerializer.SerializeToNode(status, ApiJsonContext.Default.ModelDeploymentStatus)!;

        Assert.That(again["rollout"]!["startedAt"]!.GetValue<string>(), Is.EqualTo(written));
    }

    [Test]
    public void A_pod_template_comes_through_as_it_is()
    {
        const string template = """{"spec":{"containers":[{"name":"runtime","resources":{"limits":{"cpu":"1"}},"x":null,"n":1.50}]}}""";
        var spec = JsonSerializer.Deserialize(
            """{"model":{"uri":"https://m/x"},"runtime":{"podTemplate":""" + template + "}}", ApiJsonContext.Default.ModelDeploymentSpec)!;

        var json = JsonSerializer.SerializeToNode(spec, ApiJsonContext.Default.ModelDeploymentSpec)!;

        Assert.That(json["runtime"]!["podTemplate"]!.ToJsonString(), Is.EqualTo(template));
    }

    [Test]
    public void A_field_of_a_newer_version_is_passed_over()
    {
        var entity = JsonSerializer.Deserialize(
            """{"metadata":{"name":"a","annotations":{"k":"v"}},"spec":{"model":{"uri":"https://m/x","new":{}}},"later":1}""",
            ApiJsonContext.Default.ModelDeployment)!;

        Assert.That(entity.Spec.Model.Uri, Is.EqualTo("https://m/x"));
        Assert.That(entity.Metadata.Annotations, Does.ContainKey("k"));
    }
}
