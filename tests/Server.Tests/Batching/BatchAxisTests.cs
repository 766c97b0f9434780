using ModelOperator.Protocol;
using ModelOperator.Server.Batching;
using ModelOperator.Server.Execution;

namespace ModelOperator.Server.Tests.Batching;

public sealed class BatchAxisTests
{
    [Test]
    public void One_name_for_the_first_dimension_everywhere_makes_a_batch_dimension() =>
        Assert.That(BatchAxis.Obstacle([Spec("a", "n", "3"), Spec("b", "n")], [Spec("y", "n", "m")]), Is.Null);

    [TestCase("n,3", "2,3", "the first dimension of output 'y' [2, 3] is not open")]
    [TestCase("n,3", "m,3", "the first dimension of output 'y' is 'm', but 'n' in input 'x'")]
    [TestCase("?,3", "?,3", "the first dimension of input 'x' has no name that would tell that it is the same everywhere")]
    [TestCase("", "n", "the first dimension of input 'x' [] is not open")]
    public void Anything_else_is_told(string input, string output, string obstacle) =>
        Assert.That(BatchAxis.Obstacle([Spec("x", Split(input))], [Spec("y", Split(output))]), Is.EqualTo(obstacle));

    private static string[] Split(string shape) => shape.Split(',', StringSplitOptions.RemoveEmptyEntries);

    private static TensorSpec Spec(string name, params string[] shape) => new(
        name, TensorDataType.Fp32, [.. shape.Select(d => long.TryParse(d, out long length) ? length : -1)],
        [.. shape.Select(d => char.IsAsciiLetter(d[0]) ? d : "")]);
}
