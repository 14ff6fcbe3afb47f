using System.Data.Common;
using System.Net.Sockets;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Topology;
using Recon.Dataflow.Values;
using Recon.HubSpot.Api;
using Recon.HubSpot.Portal;
using Recon.HubSpot.Updates;
using Recon.HubSpot.Workflow;
using Recon.Postgres.Bronze;
using Recon.Postgres.Connections;
using Recon.Postgres.Faults;
using Recon.Postgres.Lookups;
using Recon.Postgres.Push;
using Recon.Postgres.Runs.Gates;
using Recon.Postgres.Runs.Shared;
using Recon.Postgres.Staging;
using Recon.Push;
using Recon.Push.Running;

namespace Recon.Cli.Hosting;

/// <summary>What a failure means for whoever called recon: one message and the exit code.</summary>
/// <param name="Message">What, where, why, what to do; no stack trace, no secret, no value of a record but samples of what a gate refused.</param>
internal sealed record CliFault(string Message, int ExitCode)
{
    public static CliFault Of(Exception exception, string server, FaultPhase phase) => exception switch
    {
        GraphFaultException { InnerException: { } cause } graph => Inside(graph, Of(cause, server, phase)),
        AggregateException aggregate when aggregate.Flatten().InnerExceptions is [{ } first, ..] => Of(first, server, phase),
        DefinitionException refused => new(
            $"{refused.Message}\nThe definition has {refused.Problems.Count} problem{(refused.Problems.Count == 1 ? "" : "s")}; nothing was started.",
            ExitCodes.Refused),
        UsageException or InputException or MirrorException or StagingException or ConversionSetupException
            or ConnectionSettingsException or BronzeException or ExportException or PortalFileException => new(exception.Message, ExitCodes.Refused),
        WorkflowException workflow => new(
            workflow.Message, workflow.Fault == WorkflowFault.Unavailable ? ExitCodes.Failed : ExitCodes.Refused),
        HubspotException hubspot => new(
            hubspot.Message, hubspot.Fault is HubspotFault.Settings or HubspotFault.Refused ? ExitCodes.Refused : ExitCodes.Failed),
        ServerUnreachableException unreachable => Of(unreachable.Fault),
        PushRefusedException => new(exception.Message, ExitCodes.Refused),
        PlanHeldException => new(exception.Message, ExitCodes.Held),
        PushAccountException => new(exception.Message, ExitCodes.Unexpected),
        PipelineHeldException or LeaseLostException => new(exception.Message, ExitCodes.Held),
        GateException => new(exception.Message, ExitCodes.TooManyRejects),
        RowAccountException => new(exception.Message, ExitCodes.Unexpected),
        WorkerFaultException => new(exception.Message, ExitCodes.Failed),
        DbException or SocketException or TimeoutException => Of(PostgresFaults.Classify(exception, server, phase)),
        InputUnavailableException => new(exception.Message, ExitCodes.Failed),
        IOException { InnerException: SocketException } => Of(PostgresFaults.Classify(exception, server, phase)),
        UnauthorizedAccessException => new(exception.Message, ExitCodes.Refused),
        IOException => new(exception.Message, ExitCodes.Failed),
        OperationCanceledException => new("Stopped.", 130),
        _ when PostgresFaults.IsBroken(exception) => Of(PostgresFaults.Classify(exception, server, phase)),
        _ => new(
            $"Unexpected failure ({exception.GetType().Name}). Run again with --verbose for details, and please report it.",
            ExitCodes.Unexpected),
    };

    private static CliFault Of(Fault fault) => new(fault.Message, fault.ExitCode);

    private static CliFault Inside(GraphFaultException graph, CliFault cause)
        => cause with { Message = $"{cause.Message} (Block '{graph.Block}', {graph.Batch}.)" };
}
