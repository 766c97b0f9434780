using FsCheck;
using FsCheck.Fluent;
using ModelOperator.Protocol;
using ModelOperator.Server.Feedback;

namespace ModelOperator.Server.Tests.Feedback;

public sealed class ForgettingTests
{
    [Test]
    public void The_oldest_predictions_are_forgotten_first()
    {
        PredictionStore store = new(capacity: 3);
        store.Remember("m", "1", [1], 1);
        store.Remember("m", "2", [1, 2], 1);
        store.Remember("m", "3", [1], 1);
        store.Remember("m", "4", [1, 2, 3, 4], 1);

        Assert.That(store.Judge("m", "1", Truth("1")), Is.Null);
        Assert.That(store.Judge("m", "2", Truth("1", "1")), Is.EqualTo(new Judgement(2, 1, 1, 1, Duplicate: false, Counted: true)));
        Assert.That(store.Judge("m", "4", Truth("1", "2", "3", "4")), Is.Null, "larger than all that is kept");
        Assert.That(store.Count, Is.EqualTo(3));
    }

    [Test]
    public void A_newer_request_of_the_same_id_takes_the_place_of_the_older_one()
    {
        PredictionStore store = new(capacity: 2);
        store.Remember("m", "1", [1], 1);
        store.Remember("m", "1", [2], 1);
        store.Remember("m", "2", [3], 1);

        Assert.That(store.Judge("m", "1", Truth("2"))?.Correct, Is.EqualTo(1));
        Assert.That(store.Judge("m", "2", Truth("3"))?.Correct, Is.EqualTo(1));
    }

    [Test]
    public void A_request_without_predictions_is_kept_for_outcomes_that_somebody_says()
    {
        PredictionStore store = new(capacity: 1);
        store.Remember("m", "1", [], 1);

        Assert.That(store.Judge("m", "1", Truth("1"))?.Counted, Is.False);
        Assert.That(
            store.Settle("m", "1", new Outcomes(2, 3), ofWholeRequest: false),
            Is.EqualTo(new Judgement(0, 1, 2, 3, Duplicate: false, Counted: true)));
        Assert.That(
            store.Settle("m", "1", new Outcomes(9, 9), ofWholeRequest: true),
            Is.EqualTo(new Judgement(0, 1, 2, 3, Duplicate: true, Counted: true)));
    }

    [Test]
    public void A_row_of_several_numbers_is_right_when_all_of_it_is()
    {
        PredictionStore store = new(capacity: 8);
        store.Remember("m", "1", [.. new[] { 1.0, 2.0, 3.0, 4.0 }.Select(BitConverter.DoubleToInt64Bits)], width: 2);
        FeedbackValues rows = new([.. new[] { 1.1, 2.1, 3.1, 4.9 }.Select(n => new FeedbackValue(null, n))], Width: 2);
        FeedbackValues otherwise = rows with { Width = 4 };

        Assert.That(store.Judge("m", "1", JudgedTruth.Of(otherwise, PredictionKind.Number, new Tolerance(0.5, 0)))?.Counted, Is.False);
        Assert.That(
            store.Judge("m", "1", JudgedTruth.Of(rows, PredictionKind.Number, new Tolerance(0.5, 0))),
            Is.EqualTo(new Judgement(4, 2, 1, 1, Duplicate: false, Counted: true)));
    }

    /// <summary>What a store does in any order of requests and feedback, against the simplest thing that does the same.</summary>
    [FsCheck.NUnit.Property(MaxTest = 300)]
    public Property Requests_and_feedback_in_any_order_come_to_what_a_list_would_say() => Prop.ForAll(
        (from capacity in Gen.Choose(1, 300)
         from steps in (
             from key in Gen.Choose(0, 60)
             from rows in Gen.Choose(0, 5)
             from feedback in Gen.Elements(true, false)
             select (key, rows, feedback)).ListOf()
         select (capacity, steps)).ToArbitrary(),
        run =>
        {
            PredictionStore store = new(run.capacity);
            ListOfRequests list = new(run.capacity);
            foreach ((int key, int rows, bool feedback) in run.steps.Concat(run.steps).Concat(run.steps))
            {
                long[] values = [.. Enumerable.Range(0, rows).Select(i => (long)(key + i))];
                if (!feedback)
                {
                    store.Remember("m", $"{key}", values, 1);
                    list.Remember(key, rows);
                }
                else if (store.Settle("m", $"{key}", new Outcomes(rows, 0), ofWholeRequest: true) is var judged
                    && judged?.Duplicate != list.Judge(key))
                {
                    return false;
                }

                if (store.Count != list.Count || store.Count > run.capacity)
                {
                    return false;
                }
            }

            return true;
        });

    [Test]
    public void The_newest_are_known_through_long_use()
    {
        PredictionStore store = new(capacity: 5000);
        for (int i = 0; i < 50_000; i++)
        {
            store.Remember("m", $"{i}", [i, i + 1, i + 2], 1);
        }

        for (int i = 0; i < 50_000; i++)
        {
            Judgement? judged = store.Judge("m", $"{i}", Truth(i, i + 1, i + 3));
            bool isKept = i >= 50_000 - (5000 / 3);
            Assert.That(judged?.Correct, Is.EqualTo(isKept ? 2 : null), $"request {i}");
        }
    }

    private static JudgedTruth Truth(params object[] labels) =>
        JudgedTruth.Of(new FeedbackValues([.. labels.Select(l => new FeedbackValue($"{l}", null))], null), PredictionKind.Label, default);

    /// <summary>The same, slow and plain.</summary>
    private sealed class ListOfRequests(int capacity)
    {
        private readonly List<(int Key, int Cost)> _requests = [];
        private readonly HashSet<(int Key, int Index)> _judged = [];
        private int _forgotten;

        public int Count => _requests.Sum(r => r.Cost);

        public void Remember(int key, int rows)
        {
            int cost = Math.Max(1, rows);
            if (cost > capacity)
            {
                return;
            }

            while (Count + cost > capacity)
            {
                _requests.RemoveAt(0);
                _forgotten++;
            }

            _requests.Add((key, cost));
        }

        /// <summary>Whether it was judged before; null when it is not known.</summary>
        public bool? Judge(int key)
        {
            int index = _requests.FindLastIndex(r => r.Key == key);
            return index < 0 ? null : !_judged.Add((key, _forgotten + index));
        }
    }
}
