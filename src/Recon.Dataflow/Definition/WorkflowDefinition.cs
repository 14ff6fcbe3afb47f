using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Definition;

/// <summary>The workflow webhook that runs stored queries on HubSpot and waits for their result.</summary>
internal sealed record WorkflowDefinition
{
    [Option("The service's address, such as https://workflows.example.com, or \"env:NAME\". Only https, except on this machine.", Required = true)]
    public string Base { get; init; } = "";

    [Option("The workspace's id, or \"env:NAME\".", Required = true)]
    public string Workspace { get; init; } = "";

    [Option("The id of the workflow that serves an object (\"contacts\", \"companies\" …), or \"env:NAME\".", Required = true)]
    public IReadOnlyDictionary<string, string> Workflows { get; init; } = new Dictionary<string, string>();

    [Option("The version of the workflows that is run.")]
    public string Version { get; init; } = "latest_draft";

    /// <summary>The variable that holds the bearer token, as <c>env:NAME</c>; none is sent when <see langword="null"/>.</summary>
    [Option("The variable that holds the bearer token: \"env:NAME\". The token itself is never in the file.")]
    public string? Token { get; init; }

    [Option("Seconds after which an attempt is abandoned.", Minimum = 1, Maximum = 600)]
    public int TimeoutSeconds { get; init; } = 30;

    [Option("Attempts after the first one: after 408, 429 and 5xx (Retry-After is honoured), time-outs and broken connections.", Minimum = 0, Maximum = 10)]
    public int Retries { get; init; } = 4;
}
