using FsCheck;
using FsCheck.Fluent;
using ModelOperator.Server.Batching;

namespace ModelOperator.Server.Tests.Batching;

public sealed class BatchPlannerTests
{
    [FsCheck.NUnit.Property(MaxTest = 2000)]
    public Property A_batch_begins_with_the_first_keeps_the_order_and_fits(
        PositiveInt max, (byte Rows, bool Joins)[] waiting, PositiveInt[] preferred, bool due, byte enough)
    {
        int maxRows = 1 + (max.Get % 40);
        Waiting[] queue = [.. waiting.Select((w, i) => new Waiting(1 + (w.Rows % 10), w.Joins || i == 0))];
        int[] sizes = [.. preferred.Select(p => p.Get).Order()];
        int[] places = new int[queue.Length];

        int count = new BatchPlanner(maxRows, sizes).Choose(queue, due, Math.Max((int)enough, 1), places);

        int[] chosen = [.. places.Take(count)];
        int rows = chosen.Sum(p => queue[p].Rows);
        int[] joining = [.. Enumerable.Range(0, queue.Length).Where(p => queue[p].Joins)];
        return (queue.Length == 0 ? count == 0 : !due || count > 0).Label("what is due is not held back")
            .And((count == 0 || chosen[0] == 0).Label("the first goes first"))
            .And(chosen.SequenceEqual(joining.Take(count))).Label("nobody who could join is overtaken")
            .And((count <= 1 || rows <= maxRows).Label("never above the maximum"));
    }

    [FsCheck.NUnit.Property(MaxTest = 500)]
    public bool Batch_after_batch_every_request_is_computed_once(PositiveInt max, (byte Rows, byte Group)[] waiting)
    {
        BatchPlanner planner = new(1 + (max.Get % 40), []);
        List<(int Id, int Rows, int Group)> queue = [.. waiting.Select((w, i) => (i, 1 + (w.Rows % 10), w.Group % 3))];
        List<int> computed = [];
        while (queue.Count > 0)
        {
            Waiting[] view = [.. queue.Select(q => new Waiting(q.Rows, q.Group == queue[0].Group))];
            int[] places = new int[view.Length];
            int count = planner.Choose(view, due: true, int.MaxValue, places);
            int[] chosen = [.. places.Take(count)];
            computed.AddRange(chosen.Select(p => queue[p].Id));
            foreach (int place in chosen.Reverse())
            {
                queue.RemoveAt(place);
            }
        }

        // Each once, and those of a group in the order in which they came.
        return computed.Order().SequenceEqual(Enumerable.Range(0, waiting.Length))
            && Enumerable.Range(0, 3)
                .All(group => computed.Where(id => waiting[id].Group % 3 == group) is var ids && ids.SequenceEqual(ids.Order()));
    }

    [TestCase(new[] { 1, 1, 1 }, 8, new int[0], 8, false, ExpectedResult = 0, TestName = "Too few wait for more")]
    [TestCase(new[] { 1, 1, 1 }, 8, new int[0], 8, true, ExpectedResult = 3, TestName = "Too few go when they are due")]
    [TestCase(new[] { 1, 1, 1 }, 8, new int[0], 3, false, ExpectedResult = 3, TestName = "As many as came last time are enough")]
    [TestCase(new[] { 4, 3, 2 }, 8, new int[0], 8, false, ExpectedResult = 2, TestName = "One that does not fit any more ends the waiting")]
    [TestCase(new[] { 12, 1 }, 8, new int[0], 8, false, ExpectedResult = 1, TestName = "One larger than a batch goes alone")]
    [TestCase(
        new[] { 1, 1, 1, 1, 1 }, 8, new[] { 2, 4 }, 8, false, ExpectedResult = 4, TestName = "The largest preferred size goes at once")]
    [TestCase(new[] { 1 }, 8, new[] { 2, 4 }, 8, false, ExpectedResult = 0, TestName = "Below the preferred sizes more are waited for")]
    public int Sizes(int[] rows, int max, int[] preferred, int enough, bool due) =>
        new BatchPlanner(max, preferred).Choose([.. rows.Select(r => new Waiting(r, true))], due, enough, new int[rows.Length]);
}
