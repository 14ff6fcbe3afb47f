using Recon.Dataflow.Definition;

namespace Recon.HubSpot.Workflow;

/// <summary>The settings of one object's workflow, with everything read from the environment. Its text holds no secret.</summary>
internal sealed class WorkflowSettings
{
    private const string Prefix = "env:";

    private WorkflowSettings(Uri address, string? token, string? tokenVariable, TimeSpan timeout, int retries)
        => (Address, Token, TokenVariable, Timeout, Retries) = (address, token, tokenVariable, timeout, retries);

    /// <summary>The address that runs the workflow and waits, without a query.</summary>
    public Uri Address { get; }

    /// <summary>The variable that the bearer token came from.</summary>
    public string? TokenVariable { get; }

    /// <summary>After which one attempt is given up.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>Attempts after the first one.</summary>
    public int Retries { get; }

    internal string? Token { get; }

    /// <param name="definition">The definition's <c>workflow</c>; <see langword="null"/> is an error here.</param>
    /// <exception cref="WorkflowException">Something is missing or cannot be used; the message lists all of it.</exception>
    public static WorkflowSettings Resolve(
        WorkflowDefinition? definition, string objectType, Func<string, string?> environment)
    {
        if (definition is null)
        {
            throw Refuse("The definition has no \"workflow\". Add { \"base\": …, \"workspace\": …, \"workflows\": { \"contacts\": … } }; see docs/pipeline.schema.json.");
        }

        if (!definition.Workflows.TryGetValue(objectType, out string? workflow))
        {
            throw Refuse($"The definition's \"workflow\" knows no object '{objectType}'; it has {string.Join(", ", definition.Workflows.Keys.Order(StringComparer.Ordinal))}.");
        }

        List<string> missing = [];
        string host = Read(definition.Base, "base");
        string workspace = Read(definition.Workspace, "workspace");
        string id = Read(workflow, $"workflows.{objectType}");
        string? token = definition.Token is { } named ? Read(named, "token") : null;
        if (missing.Count > 0)
        {
            throw Refuse($"The definition's \"workflow\" reads variables that are not set: {string.Join(", ", missing)}. Set them and run again.");
        }

        if (token is not null && token.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            throw Refuse(
                $"The token in {definition.Token![Prefix.Length..]} holds a line break, a space or another character that no token has. Copy it again, without what stands around it.");
        }

        if (!Uri.TryCreate(host, UriKind.Absolute, out Uri? address) || address.Scheme is not ("https" or "http")
            || address.UserInfo.Length > 0 || address.Query.Length > 0)
        {
            throw Refuse("The workflow's base is not a web address of the form https://host.");
        }

        if (address.Scheme == "http" && !address.IsLoopback)
        {
            throw Refuse("The workflow's base must be https: records and the token would travel in the clear.");
        }

        string path = $"{address.AbsoluteUri.TrimEnd('/')}/workspaces/{Uri.EscapeDataString(workspace)}/workflows/{Uri.EscapeDataString(id)}:{Uri.EscapeDataString(definition.Version)}/triggers/post_trigger/run_wait_result";
        return new WorkflowSettings(
            new Uri(path),
            token,
            definition.Token?[Prefix.Length..],
            TimeSpan.FromSeconds(definition.TimeoutSeconds),
            definition.Retries);

        string Read(string value, string key)
        {
            if (!value.StartsWith(Prefix, StringComparison.Ordinal))
            {
                return value;
            }

            string name = value[Prefix.Length..];
            if (environment(name) is { Length: > 0 } given)
            {
                return given.Trim();
            }

            missing.Add($"{name} (\"{key}\")");
            return "";
        }
    }

    public override string ToString() => Address.AbsoluteUri;

    private static WorkflowException Refuse(string message) => new(WorkflowFault.Settings, message);
}
