using ModelOperator.Protocol;
using ModelOperator.Server.Models;

namespace ModelOperator.Server.Repository;

/// <summary>The models that this server has, which may change while requests look for them.</summary>
internal sealed class ModelRepository : IDisposable
{
    private const int MaxNamed = 5;

    private readonly Lock _changing = new();
    private volatile Table _table = new([]);

    /// <summary>All models in all their versions, those that are being loaded for the first time included.</summary>
    public IReadOnlyList<ServedModel> All => _table.All;

    /// <summary>Whether everything is alive; what is not helps only a restart.</summary>
    public bool Healthy => All.All(m => m.Healthy);

    /// <summary>Whether everything is loaded and warm.</summary>
    public bool Ready => All.All(m => m.Ready);

    /// <summary>
    /// A model by name and version; without a version its newest. What is not there is refused with 404, in words that Triton's clients
    /// look for.
    /// </summary>
    public ServedModel Find(string? name, string? version)
    {
        Table table = _table;
        if (name is null || !table.ByName.TryGetValue(name, out ServedModel[]? versions))
        {
            throw new ProtocolException(404, $"Request for unknown model: '{name}' is not found, this server has {Names(table)}");
        }

        if (string.IsNullOrEmpty(version))
        {
            return versions[0];
        }

        foreach (ServedModel model in versions)
        {
            if (model.Version == version)
            {
                return model;
            }
        }

        throw new ProtocolException(
            404,
            $"Request for unknown model: '{name}' version '{version}' is not found, "
            + $"this server has {string.Join(", ", versions.Take(MaxNamed).Select(v => $"'{v.Version}'"))}");
    }

    /// <summary>The versions of a model, newest first; none when it is not there.</summary>
    public IReadOnlyList<ServedModel> Versions(string name) => _table.ByName.TryGetValue(name, out ServedModel[]? versions) ? versions : [];

    /// <summary>Puts versions of a model, newest first, in the place of those that were there.</summary>
    /// <returns>Those that were there.</returns>
    public IReadOnlyList<ServedModel> Replace(string name, IReadOnlyList<ServedModel> versions)
    {
        lock (_changing)
        {
            IReadOnlyList<ServedModel> before = Versions(name);
            _table = new Table([.. _table.All.Where(m => m.Name != name), .. versions]);
            return before;
        }
    }

    public void Dispose()
    {
        foreach (ServedModel model in All)
        {
            model.Dispose();
        }
    }

    private static string Names(Table table) => table.ByName.Count switch
    {
        0 => "none",
        <= MaxNamed => string.Join(", ", table.ByName.Keys.Select(n => $"'{n}'")),
        int count => $"{count} others",
    };

    private sealed class Table(ServedModel[] all)
    {
        public ServedModel[] All => all;

        public Dictionary<string, ServedModel[]> ByName { get; } = all.GroupBy(m => m.Name).ToDictionary(g => g.Key, g => g.ToArray());
    }
}
