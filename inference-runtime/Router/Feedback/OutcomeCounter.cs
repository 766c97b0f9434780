using ModelOperator.Protocol;
using ModelOperator.Router.Recording;

namespace ModelOperator.Router.Feedback;

/// <summary>Counts outcomes that came with their revision, each key once, in the router that keeps the key.</summary>
internal sealed class OutcomeCounter(OutcomeLedger ledger, PeerClient peers, EvidenceRecorder evidence, RouterMetrics metrics)
{
    /// <summary>Counts, unless this router or another one has before. Another may have while it was the keeper of the key.</summary>
    public async Task<OutcomeAnswer> CountAsync(
        string model, string revision, FeedbackKey key, Outcomes outcomes, CancellationToken cancellationToken)
    {
        Outcomes? earlier = ledger.Find(key) ?? await peers.FindAsync(key, cancellationToken);
        // Entered in any case, so that the next time nobody needs to be asked.
        earlier = ledger.Enter(key, earlier ?? outcomes) ?? earlier;
        if (earlier is { } counted)
        {
            return new OutcomeAnswer(counted.Correct, counted.Incorrect, Duplicate: true);
        }

        evidence.Model(model).RecordFeedback(revision, outcomes.Correct, outcomes.Incorrect);
        metrics.Feedback(model, revision, outcomes.Correct, outcomes.Incorrect);
        return new OutcomeAnswer(outcomes.Correct, outcomes.Incorrect, Duplicate: false);
    }
}
