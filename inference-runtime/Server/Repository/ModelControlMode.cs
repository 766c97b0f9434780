namespace ModelOperator.Server.Repository;

/// <summary>Who decides what is loaded.</summary>
internal enum ModelControlMode
{
    /// <summary>What is there at the start is served until the end; clients cannot load or unload.</summary>
    None,

    /// <summary>Clients may load and unload.</summary>
    Explicit,
}
