using ModelOperator.Controller.Traffic;
using ModelOperator.Evidence;
using ModelOperator.Kubernetes.Entities;
using Polly.Timeout;

namespace ModelOperator.Controller.Observe;

/// <summary>
/// Asks the pod of an evaluation how far it is. One that gives no answer is as far as it was: its result comes another way.
/// </summary>
internal sealed class ProgressReader(EvidenceOptions options, TimeProvider timeProvider) : IDisposable
{
    private const int LargestAnswer = 64 * 1024;

    private readonly PodHttp _http = new(options, LargestAnswer, timeProvider);

    public async Task<EvaluationReport?> ReadAsync(Pod pod, CancellationToken cancellationToken)
    {
        try
        {
            byte[] body = await _http.GetAsync(pod, options.ProgressPort, "/progress", "", cancellationToken);
            return EvaluationReportReader.Read(body, out _);
        }
        catch (Exception e) when (e is HttpRequestException or TimeoutRejectedException)
        {
            return null;
        }
    }

    public void Dispose() => _http.Dispose();
}
