using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Api;

/// <summary>
/// How the server computes several requests together. By default it does so if it pays. It computes each request alone if the model does
/// not allow batching, because its rows have no batch dimension or depend on each other; the server's log says why.
/// </summary>
[ValidationRule(
    "!has(self.mode) || self.mode == 'Auto' || (!has(self.maxBatchSize) && !has(self.preferredBatchSizes) && "
    + "!has(self.maxQueueDelayMicroseconds) && !has(self.maxQueueSize))",
    message: "mode Disabled allows no other field; use mode Auto or leave the other fields out")]
[ValidationRule(
    "!has(self.preferredBatchSizes) || (has(self.maxBatchSize) && self.preferredBatchSizes.all(s, s >= 1 && s <= self.maxBatchSize))",
    message: "preferredBatchSizes need maxBatchSize, and must be from 1 to maxBatchSize")]
[ValidationRule(
    "!has(self.preferredBatchSizes) || self.preferredBatchSizes.all(s, self.preferredBatchSizes.exists_one(t, t == s))",
    message: "preferredBatchSizes must name each size once")]
public sealed class BatchingSpec
{
    /// <summary>Auto, or Disabled to compute each request alone. Default: Auto.</summary>
    public BatchingMode? Mode { get; set; }

    /// <summary>Maximum rows computed together. Default: 32 if the model allows batching and it pays.</summary>
    [RangeMinimum(1), RangeMaximum(4096)]
    public int? MaxBatchSize { get; set; }

    /// <summary>Sizes at which a batch starts without waiting for more requests.</summary>
    [XListType(XListType.Atomic), Items(1, 16)]
    public List<int>? PreferredBatchSizes { get; set; }

    /// <summary>
    /// Microseconds a request may wait for others to join its batch. Default: 0, so only requests that must wait anyway are batched.
    /// </summary>
    [RangeMinimum(0), RangeMaximum(1000000)]
    public int? MaxQueueDelayMicroseconds { get; set; }

    /// <summary>Requests that may wait in a pod; further ones get status 503. Default: 256.</summary>
    [RangeMinimum(1), RangeMaximum(100000)]
    public int? MaxQueueSize { get; set; }
}

/// <summary>Whether requests are batched.</summary>
public enum BatchingMode
{
    /// <summary>Where the model allows it.</summary>
    Auto,

    /// <summary>Never.</summary>
    Disabled,
}

/// <summary>The precision a model computes with.</summary>
public enum ModelPrecision
{
    /// <summary>32 bits.</summary>
    Fp32,

    /// <summary>16 bits where the device is faster with them.</summary>
    Fp16,
}
