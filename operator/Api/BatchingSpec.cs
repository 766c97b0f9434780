using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Api;

/// <summary>
/// How requests that arrive together are computed together. When nothing is said the server measures what pays at its start; a model that does
/// not allow it, because rows have no dimension of their own or depend on each other, computes each request alone, and the server's log says why.
/// </summary>
[ValidationRule(
    "!has(self.mode) || self.mode == 'Auto' || (!has(self.maxBatchSize) && !has(self.preferredBatchSizes) && !has(self.maxQueueDelayMicroseconds) && !has(self.maxQueueSize))",
    Message = "mode Disabled leaves nothing to set; use mode Auto or leave the other fields out")]
[ValidationRule(
    "!has(self.preferredBatchSizes) || (has(self.maxBatchSize) && self.preferredBatchSizes.all(s, s >= 1 && s <= self.maxBatchSize))",
    Message = "preferredBatchSizes need maxBatchSize, and must be from 1 to it")]
[ValidationRule(
    "!has(self.preferredBatchSizes) || self.preferredBatchSizes.all(s, self.preferredBatchSizes.exists_one(t, t == s))",
    Message = "preferredBatchSizes must name each size once")]
public sealed class BatchingSpec
{
    /// <summary>Auto, or Disabled for one request at a time in each instance. Default: Auto.</summary>
    public BatchingMode? Mode { get; set; }

    /// <summary>Rows computed together at most. Default: 32 where the model allows it and a batch pays.</summary>
    [Range(Minimum = 1, Maximum = 4096)]
    public int? MaxBatchSize { get; set; }

    /// <summary>Sizes at which a batch waits for no more requests.</summary>
    [AtomicList, Length(Minimum = 1, Maximum = 16)]
    public List<int>? PreferredBatchSizes { get; set; }

    /// <summary>Microseconds a request may be held back for others. Default: 0, so that only requests that have to wait anyway are computed together.</summary>
    [Range(Minimum = 0, Maximum = 1000000)]
    public int? MaxQueueDelayMicroseconds { get; set; }

    /// <summary>Requests of a pod that may wait; further ones are refused with status 503. Default: 256.</summary>
    [Range(Minimum = 1, Maximum = 100000)]
    public int? MaxQueueSize { get; set; }
}

/// <summary>Whether requests are computed together.</summary>
public enum BatchingMode
{
    /// <summary>Where the model allows it.</summary>
    Auto,

    /// <summary>Never.</summary>
    Disabled,
}

/// <summary>The numbers a model computes with.</summary>
public enum ModelPrecision
{
    /// <summary>32 bits, as the model says.</summary>
    Fp32,

    /// <summary>16 bits where the device gains by it.</summary>
    Fp16,
}
