using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Kubernetes.Tests.Runtime;

public sealed class ConditionsTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, 123, TimeSpan.Zero);

    [Test]
    public void A_new_condition_starts_now_in_whole_seconds_as_the_server_keeps_them()
    {
        var conditions = new List<Condition>();

        Assert.That(Conditions.Set(conditions, "Ready", "True", "Serving", "All is well.", 3, Start), Is.True);

        Assert.That(conditions[0].LastTransitionTime, Is.EqualTo(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero)));
        Assert.That(conditions[0].ObservedGeneration, Is.EqualTo(3));
    }

    [Test]
    public void Another_reason_message_or_generation_changes_the_condition_but_not_its_time()
    {
        var conditions = New();

        Assert.That(Conditions.Set(conditions, "Ready", "True", "Other", "Still well.", 4, Start.AddHours(1)), Is.True);

        Assert.That(conditions, Has.Count.EqualTo(1));
        Assert.That(conditions[0].LastTransitionTime, Is.EqualTo(Start.AddMilliseconds(-123)));
        Assert.That(
            (conditions[0].Reason, conditions[0].Message, conditions[0].ObservedGeneration),
            Is.EqualTo(("Other", "Still well.", 4)));
    }

    [Test]
    public void Another_status_moves_the_time()
    {
        var conditions = New();

        Conditions.Set(conditions, "Ready", "False", "Broken", "Not well.", 3, Start.AddHours(1));

        Assert.That(conditions[0].LastTransitionTime, Is.EqualTo(Start.AddHours(1).AddMilliseconds(-123)));
        Assert.That(Conditions.IsTrue(conditions, "Ready"), Is.False);
    }

    [Test]
    public void The_same_condition_again_is_no_change() =>
        Assert.That(Conditions.Set(New(), "Ready", "True", "Serving", "All is well.", 3, Start.AddHours(1)), Is.False);

    [Test]
    public void A_condition_that_is_missing_is_not_true()
    {
        Assert.That(Conditions.Get(null, "Ready"), Is.Null);
        Assert.That(Conditions.IsTrue([], "Ready"), Is.False);
    }

    private static List<Condition> New()
    {
        var conditions = new List<Condition>();
        Conditions.Set(conditions, "Ready", "True", "Serving", "All is well.", 3, Start);
        return conditions;
    }
}
