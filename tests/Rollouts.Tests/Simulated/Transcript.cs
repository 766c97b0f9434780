using System.Text;

namespace ModelOperator.Rollouts.Tests.Simulated;

/// <summary>Writes down what changes in a simulation, for people to read and for golden files.</summary>
internal sealed class Transcript
{
    private readonly StringBuilder _text = new();
    private readonly Simulation _simulation;
    private readonly Dictionary<string, string> _last = [];

    public Transcript(Simulation simulation)
    {
        _simulation = simulation;
        var invariants = new Invariants();
        simulation.Planned = (input, plan) =>
        {
            invariants.Check(input, plan);
            Write(plan);
        };
    }

    public void Note(string text) => Line($"== {text}");

    /// <summary>Compares with the golden file; UPDATE_GOLDEN=1 writes it.</summary>
    public void Verify(string name)
    {
        string folder = Path.Combine(SourceFolder(), "Transcripts");
        string file = Path.Combine(folder, name + ".txt");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(file, _text.ToString());
        }

        Assert.That(
            _text.ToString(), Is.EqualTo(File.ReadAllText(file)), $"differs from Transcripts/{name}.txt; UPDATE_GOLDEN=1 rewrites it");
    }

    private static string SourceFolder([System.Runtime.CompilerServices.CallerFilePath] string file = "") =>
        Path.GetDirectoryName(Path.GetDirectoryName(file))!;

    private void Write(Plan plan)
    {
        var status = plan.Status;
        Changed("phase", $"{status.Phase}");
        foreach (var planned in plan.Events)
        {
            Line($"event      {planned.Severity} {planned.Reason}: {planned.Message}");
        }

        if (status.Routing is { } table)
        {
            Changed("table", $"version {table.Version}: {string.Join(", ", table.Targets.Select(t => $"{t.Revision} {t.Weight} %"))}");
        }

        Changed("confirmed", string.Join(", ", (status.Traffic ?? []).Select(t => $"{t.Revision} {t.Weight} %")));
        foreach (var deployment in plan.Deployments)
        {
            Changed("pods", deployment.Revision, deployment.Action == DeploymentAction.Delete ? "deleted" : $"{deployment.Replicas}");
        }

        foreach (var condition in status.Conditions!)
        {
            Changed("condition", condition.Type, $"{condition.Status} {condition.Reason}");
        }
    }

    private void Changed(string kind, string value) => Changed(kind, "", value);

    private void Changed(string kind, string subject, string value)
    {
        if (_last.GetValueOrDefault(kind + subject, "") != value)
        {
            _last[kind + subject] = value;
            Line($"{kind,-10} {(subject.Length == 0 ? "" : subject + " ")}{value}");
        }
    }

    private void Line(string text) => _text.Append($"{TimeSpan.FromSeconds(_simulation.Second):mm\\:ss} ").Append(text).Append('\n');
}
