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
            """{"model":{"uri":"https://models.example.com/digits.onnx"},"rollout":{"analysis":{"guardrails":"""
            + """[{"name":"errors","type":"ErrorRate"}],"onInconclusive":"Rollback"}}}"""));
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
    public void A_state_in_the_status_that_only_another_version_knows_is_no_known_one_and_is_written_back_as_it_came()
    {
        var status = JsonSerializer.Deserialize(
            """{"phase":"Meditating","evaluation":{"revision":"a","state":"Dreaming","rows":3},"stableRevision":"b"}""",
            ApiJsonContext.Default.ModelDeploymentStatus)!;

        Assert.That(Enum.IsDefined(status.Phase!.Value), Is.False);
        Assert.That(Enum.IsDefined(status.Evaluation!.State), Is.False);
        Assert.That((status.StableRevision, status.Evaluation.Rows), Is.EqualTo(("b", 3L)), "the rest is read");
        var again = JsonSerializer.SerializeToNode(status, ApiJsonContext.Default.ModelDeploymentStatus)!;
        Assert.That((string?)again["phase"], Is.EqualTo("Meditating"));
        Assert.That((string?)again["evaluation"]!["state"], Is.EqualTo("Dreaming"));
    }

    [TestCase("\"3\"")]
    [TestCase("\"stable\"")]
    [TestCase("\"\"")]
    public void A_state_is_read_by_its_exact_name_alone(string phase)
    {
        var status = JsonSerializer.Deserialize($$"""{"phase":{{phase}}}""", ApiJsonContext.Default.ModelDeploymentStatus)!;

        Assert.That(Enum.IsDefined(status.Phase!.Value), Is.False);
    }

    [Test]
    public void No_enum_of_the_api_makes_an_object_unreadable()
    {
        var strict = typeof(ModelDeployment).Assembly.GetExportedTypes()
            .Where(type => type.IsEnum && ApiJsonContext.Default.GetTypeInfo(type)?.Converter.GetType() is { } converter
                && converter != typeof(LenientEnumConverter<>).MakeGenericType(type));

        Assert.That(strict, Is.Empty);
        Assert.That(ApiJsonContext.Default.GetTypeInfo(typeof(RolloutPhase)), Is.Not.Null);
    }

    [Test]
    public void However_many_unknown_states_come_none_is_taken_for_a_known_one()
    {
        for (var i = 0; i < 1000; i++)
        {
            var status = JsonSerializer.Deserialize($$"""{"phase":"Unheard{{i}}"}""", ApiJsonContext.Default.ModelDeploymentStatus)!;
            Assert.That(Enum.IsDefined(status.Phase!.Value), Is.False);
            Assert.That(JsonSerializer.Serialize(status, ApiJsonContext.Default.ModelDeploymentStatus), Does.Contain($"Unheard{i}"));
        }
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
