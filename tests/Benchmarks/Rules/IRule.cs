using ModelOperator.Analysis;

namespace ModelOperator.Benchmarks.Rules;

/// <summary>A way to decide on a rollback, fed with one block of ten seconds after the other.</summary>
internal interface IRule
{
    /// <summary>Whether it rolls back now.</summary>
    bool RollsBack(Block block);
}
