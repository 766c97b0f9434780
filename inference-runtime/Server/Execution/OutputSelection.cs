using Microsoft.Extensions.ObjectPool;
using ModelOperator.Protocol;
using ModelOperator.Server.Models;

namespace ModelOperator.Server.Execution;

/// <summary>Outputs that requests ask for together, and what answers to such requests are made of.</summary>
internal sealed class OutputSelection
{
    private readonly PerProcessor<InferResult> _results;

    public OutputSelection(TensorSpec[] computed, int asked, IReadOnlyList<TensorSpec> inputs, bool kept = true)
    {
        (Computed, Asked, Kept) = (computed, asked, kept);
        Rules = [.. computed.Select(o => ShapeRule.For(o, inputs))];
        _results = new PerProcessor<InferResult>(new DefaultObjectPoolProvider { MaximumRetained = 1024 }.Create(new ResultPolicy(this)));
    }

    /// <summary>The outputs asked for, in that order, and then what the server itself wants besides.</summary>
    public TensorSpec[] Computed { get; }

    /// <summary>How many of them were asked for.</summary>
    public int Asked { get; }

    /// <summary>Whether more requests with it are expected, so that what they need is kept.</summary>
    public bool Kept { get; }

    /// <summary>How shapes are told before the run; null where they cannot be.</summary>
    public ShapeRule?[] Rules { get; }

    /// <summary>Whether requests that say this ask for these outputs.</summary>
    public bool Is(List<RequestedOutput> asked)
    {
        if (asked.Count != Asked)
        {
            return false;
        }

        for (int i = 0; i < Asked; i++)
        {
            if (asked[i].Name != Computed[i].Name)
            {
                return false;
            }
        }

        return true;
    }

    public InferResult Rent() => _results.Get();

    public void Return(InferResult result) => _results.Return(result);

    private sealed class ResultPolicy(OutputSelection selection) : PooledObjectPolicy<InferResult>
    {
        public override InferResult Create() => new(selection);

        public override bool Return(InferResult obj) => true;
    }
}
