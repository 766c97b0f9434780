using System.CommandLine;
using ModelOperator.Server.Configuration;

namespace ModelOperator.Server.Commands;

/// <summary>A command whose many options are told by what they are about; all can come from a file or the environment too.</summary>
internal sealed class GroupedCommand : Command
{
    private readonly List<(string Title, IReadOnlyList<Option> Options)> _groups = [];

    public GroupedCommand(string name, string description)
        : base(name, description) => Add("Configuration", SettingsReader.ConfigOption);

    public IReadOnlyList<(string Title, IReadOnlyList<Option> Options)> Groups => _groups;

    /// <summary>Adds options under a title.</summary>
    public void Add(string title, params IReadOnlyList<Option> options)
    {
        _groups.Add((title, options));
        foreach (Option option in options)
        {
            Add(option);
        }
    }
}
