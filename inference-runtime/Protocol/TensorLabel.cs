namespace ModelOperator.Protocol;

/// <summary>
/// How messages name a part of a request: a tensor by its place until its name is known. The text is made only when there is something to
/// say, which in good requests there is not.
/// </summary>
internal readonly struct TensorLabel(string list, int index, string? name = null, string part = "")
{
    /// <summary>The parameters of the request as a whole.</summary>
    public static TensorLabel RequestParameters => new("parameters", -1);

    public TensorLabel Named(string known) => new(list, index, known);

    public TensorLabel Part(string text) => new(list, index, name, text);

    public override string ToString() => (index < 0 ? list : name is null ? $"{list}[{index}]" : $"{list[..^1]} '{name}'") + part;
}
