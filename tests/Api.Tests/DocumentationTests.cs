using System.Reflection;
using ModelOperator.Testing;

namespace ModelOperator.Api.Tests;

/// <summary>The pages that explain what the API says.</summary>
public class DocumentationTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "rollout.md"));

    private static IEnumerable<string> Words() =>
        Constants(typeof(Reasons)).Concat(Constants(typeof(ConditionTypes))).Concat(Enum.GetNames<RolloutPhase>());

    [TestCaseSource(nameof(Words))]
    public void The_page_on_rollouts_explains_every_phase_condition_and_reason(string word) => Assert.That(Page, Does.Contain($"`{word}`"));

    private static IEnumerable<string> Constants(Type type) =>
        type.GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetValue(null)!);
}
