namespace Recon.Dataflow.Definition.Rules;

/// <summary>Rules about the workflow webhook. Messages never show a token.</summary>
internal static class WorkflowRules
{
    private const string Prefix = "env:";

    public static void Check(WorkflowDefinition workflow, RuleReport report)
    {
        if (workflow.Base.Length > 0 && !workflow.Base.StartsWith(Prefix, StringComparison.Ordinal) && FaultOfAddress(workflow.Base) is { } fault)
        {
            report.Add(workflow, nameof(workflow.Base), fault);
        }

        if (workflow.Token is { } token && !token.StartsWith(Prefix, StringComparison.Ordinal))
        {
            report.Add(workflow, nameof(workflow.Token), "must be \"env:NAME\": the token itself stays out of the file");
        }

        if (workflow.Workflows.Count == 0)
        {
            report.AddMissing(workflow, nameof(workflow.Workflows), "names no workflow; write { \"contacts\": \"<workflow id>\" }");
        }
    }

    /// <summary>What is wrong with an address.</summary>
    public static string? FaultOfAddress(string text)
        => !Uri.TryCreate(text, UriKind.Absolute, out Uri? address) || address.Scheme is not ("https" or "http")
            ? "is not a web address; write https://host"
            : address.UserInfo.Length > 0 ? "holds a user or password; give a token by \"token\": \"env:NAME\""
            : address.Query.Length > 0 || address.Fragment.Length > 0 ? "must end before ? and #"
            : address.Scheme == "http" && !address.IsLoopback ? "must be https: records and the token would travel in the clear"
            : null;
}
