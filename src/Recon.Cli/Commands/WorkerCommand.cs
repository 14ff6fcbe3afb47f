using System.CommandLine;
using System.Text.Json.Serialization;
using Recon.Cli.Hosting;
#if !RECON_NATIVE
using Recon.Cli.Commands.Cluster;
#endif

namespace Recon.Cli.Commands;

/// <summary><c>recon worker</c>: takes part in runs that others coordinate.</summary>
internal static class WorkerCommand
{
    private static readonly Example[] s_examples =
    [
        new("recon worker", "Joins the runs of this definition, one after the other, until Ctrl-C."),
        new("recon worker --once --listen auto --postgres env:CRM_POSTGRES", "On another machine: waits for a run, and ends with it."),
    ];

    public static Command Create(CommandBinder binder)
    {
        var once = new Option<bool>("--once") { Description = "End with the run that was joined, in place of waiting for the next one." };
        var job = new Option<string>("--job") { Description = "Join only this run, by its id.", HelpName = "ID" };
        Option<string> postgresRead = CommonOptions.PostgresRead();
        var sharing = new SharingOptions(
            "Where the other processes reach this one: an address or a name, with a port or without, or auto for the address that leads to PostgreSQL. "
            + "Default: auto, or loopback where the run's coordinator listens there.");
        var command = new Command("worker", "Take part in a run that 'recon run --workers' coordinates, with the same definition and the same files; wait for one if there is none.")
        {
            once, job,
        };
        sharing.AddTo(command);
        command.Add(postgresRead);
        return binder.Bind(
            command,
            s_examples,
            (parse, invocation) => RunAsync(
                invocation, new WorkerArguments(sharing.Read(parse), parse.GetValue(once), JobOf(parse.GetValue(job)), parse.GetValue(postgresRead))),
            measures: true);
    }

    private static Guid? JobOf(string? text)
        => text is null ? null
            : Guid.TryParse(text, out Guid job) ? job
            : throw new UsageException($"--job takes the id of a run, as 'recon top' shows it, not '{text}'.");

    private static Task<int> RunAsync(Invocation invocation, WorkerArguments arguments)
    {
        SharingArguments.RequireWorkers();
#if RECON_NATIVE
        return Task.FromResult(ExitCodes.Refused);
#else
        invocation.Context.Signals.Words = SignalWords.OfWorker;
        return WorkerJob.RunAsync(invocation, arguments);
#endif
    }
}

internal sealed record WorkerArguments(SharingArguments Sharing, bool Once, Guid? Job, string? PostgresRead);

/// <param name="Job">The run that was joined last; <see langword="null"/> for none.</param>
/// <param name="Outcome"><c>ended</c> with the run, <c>cancelled</c> or <c>failed</c> as the run was (<c>failed</c> also where it could not take the coordinator's place), <c>stopped</c>, <c>refused</c> or <c>unreachable</c>.</param>
/// <param name="Batches">Batches that this process committed.</param>
internal sealed record WorkerDocument(Guid? Job, string Outcome, long Batches);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(WorkerDocument))]
internal sealed partial class WorkerJson : JsonSerializerContext;
