namespace ModelOperator.Controller.Applying;

/// <summary>Under which names the operator owns fields of objects.</summary>
internal static class FieldManagers
{
    /// <summary>Of what it makes.</summary>
    public const string Objects = "model-operator";
}
