using System.CommandLine;

namespace ModelOperator.Cli.Cluster;

/// <summary>Which cluster and namespace: options as kubectl has them, handed on to it.</summary>
internal static class ClusterOptions
{
    private static readonly Option<string?> Namespace = new("--namespace", "-n")
    {
        Description = "Namespace of the ModelDeployment [default: that of the kubeconfig's context]",
        HelpName = "NAMESPACE",
    };

    private static readonly Option<string?> Context = new("--context")
    {
        Description = "Context of the kubeconfig to use [default: the current one]",
        HelpName = "CONTEXT",
    };

    private static readonly Option<string?> Kubeconfig = new("--kubeconfig")
    {
        Description = "Kubeconfig file to use [default: as kubectl chooses]",
        HelpName = "FILE",
    };

    /// <summary>The name of a ModelDeployment.</summary>
    public static readonly Argument<string> Name = MakeName();

    public static void AddTo(Command command)
    {
        command.Options.Add(Namespace);
        command.Options.Add(Context);
        command.Options.Add(Kubeconfig);
    }

    /// <summary>The ModelDeployments of the cluster and namespace that the options name.</summary>
    public static ModelClient Models(ParseResult parsed, ClusterAccess access)
    {
        List<string> connection = [];
        string suggested = "";
        foreach (var option in new[] { Namespace, Context, Kubeconfig })
        {
            if (parsed.GetValue(option) is { } value)
            {
                connection.AddRange([option.Name, value]);
                suggested += $" {(option == Namespace ? "-n" : option.Name)} {Words.Shell(value)}";
            }
        }

        return new ModelClient(new Kubectl(access.Kubectl, connection, access.Time), new Place(parsed.GetValue(Namespace), suggested));
    }

    // A name that is none could mean something else to kubectl, such as TYPE/NAME.
    private static Argument<string> MakeName()
    {
        Argument<string> name = new("NAME") { Description = "Name of the ModelDeployment; kubectl model list shows them" };
        name.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }]
                && (text.Length == 0
                    || text.Any(letter => !char.IsAsciiLetterLower(letter) && !char.IsAsciiDigit(letter) && letter != '-')))
            {
                result.AddError($"NAME is \"{text}\"; want the name of a ModelDeployment: lower-case letters, digits and \"-\"");
            }
        });
        return name;
    }
}

/// <summary>Where the user looks.</summary>
/// <param name="Namespace">The namespace given; null leaves it to the kubeconfig.</param>
/// <param name="Options">The options given, with a space before each word, for the end of a command that is suggested.</param>
internal sealed record Place(string? Namespace, string Options)
{
    /// <summary>The namespace in a sentence.</summary>
    public string InNamespace => Namespace is null ? "in this namespace" : $"in namespace {Namespace}";
}
