using System.Text.RegularExpressions;
using ModelOperator.Api;

namespace ModelOperator.Controller.Observe;

/// <summary>The scheduler's account of why no node takes a pod, with the part that matters to a model said first.</summary>
internal static partial class Unschedulable
{
    public static string Explain(string? scheduler)
    {
        string detail = StatusLimits.Shorten(
            string.IsNullOrWhiteSpace(scheduler) ? "the scheduler gives no reason" : scheduler, StatusLimits.Message / 2);
        Match missing = InsufficientDevice().Match(detail);
        return missing.Success
            ? $"no node has enough free {missing.Groups["resource"].Value} for a pod: add a node with a GPU, free one, or set "
                + $"spec.runtime.accelerator.kind to Cpu ({detail})"
            : $"no node takes a pod: {detail}";
    }

    // Extended resources, unlike cpu and memory, have a domain.
    [GeneratedRegex(
        @"Insufficient (?<resource>[a-z0-9.-]+/[A-Za-z0-9_.-]*[A-Za-z0-9])", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex InsufficientDevice();
}
