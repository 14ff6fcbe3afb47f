using System.CommandLine;
using Npgsql;
using Recon.Cli.Hosting;
using Recon.Cli.Rendering;
using Recon.Dataflow.Definition;
using Recon.Postgres.Push;
using Recon.Postgres.Staging;
using Recon.Push.Approving;
using Recon.Push.Planning;

namespace Recon.Cli.Commands;

/// <summary><c>recon approve</c>: says which changes of a plan may be sent.</summary>
internal static class ApproveCommand
{
    private const int MostReason = 1_000;

    private static readonly Example[] s_examples =
    [
        new("recon approve 0199", "What of a plan waits for approval."),
        new("recon approve 0199 --property type --by Ada", "All changes of one property."),
        new("recon approve 0199 --property country --transition France FR --by Ada", "One transition; \"\" for nothing or cleared."),
        new("recon approve 0199 --record 1001 --reject --by Ada --reason \"wrong company\"", "Not this record."),
        new("recon approve 0199 --all --by Ada", "Everything that nobody spoke of more specifically."),
    ];

    public static Command Create(CommandBinder binder)
    {
        var plan = new Argument<string>("plan") { Description = "The plan: its id, a part of it, or \"latest\"." };
        var property = new Option<string>("--property") { Description = "All changes of a property, by HubSpot's name; of associations \"association:LOOKUP\".", HelpName = "NAME" };
        var transition = new Option<string[]>("--transition")
        {
            Description = "Of the property, the changes from one value to another; \"\" for nothing.",
            HelpName = "OLD> <NEW",
            Arity = new ArgumentArity(2, 2),
            AllowMultipleArgumentsPerToken = true,
        };
        var record = new Option<string>("--record") { Description = "The changes of one record; with --property only that one.", HelpName = "LEGACY_ID" };
        var all = new Option<bool>("--all") { Description = "All changes." };
        var pipeline = new Option<string>("--pipeline") { Description = "Only changes of this pipeline.", HelpName = "NAME" };
        var reject = new Option<bool>("--reject") { Description = "Reject instead of approving." };
        var by = DecideCommand.By("Who approves. Required, as plans may want somebody else than who made them.");
        var reason = new Option<string>("--reason") { Description = "Why. Kept with the approval.", HelpName = "TEXT" };
        var over = new Option<bool>("--over-the-limit") { Description = "Approve more than the brakes of the definition allow; needs --reason." };
        var command = new Command("approve", "Approve or reject changes of a plan, or show what waits for it. Later and more specific words count.")
        {
            plan, property, transition, record, all, pipeline, reject, by, reason, over,
        };
        return binder.Bind(command, s_examples, (parse, invocation) => RunAsync(
            invocation,
            parse.GetRequiredValue(plan),
            new Wanted(
                parse.GetValue(property),
                parse.GetValue(transition) is { Length: 2 } pair ? pair : null,
                parse.GetValue(record),
                parse.GetValue(all),
                parse.GetValue(pipeline),
                parse.GetValue(reject),
                parse.GetValue(by),
                parse.GetValue(reason),
                parse.GetValue(over))));
    }

    private static async Task<int> RunAsync(Invocation invocation, string id, Wanted wanted)
    {
        ApprovalWish? wish = WishOf(wanted);
        DefinitionReading reading = invocation.ReadDefinition();
        CancellationToken token = invocation.Context.Signals.StopReading;
        await using ServerConnection server = await ServerConnection.OpenAsync(invocation, reading, token);
        await using NpgsqlConnection connection = await server.Sources.Control.OpenConnectionAsync(token);
        var tables = new StagingTables(reading.Definition!.Staging.Schema);
        PushPlan plan = await new PlanReader(tables).FindAsync(connection, id == "latest" ? null : id, token);
        var approver = new Approver(tables);
        ApprovalOutcome? outcome = null;
        if (wish is not null)
        {
            await StoredPlan.RequireUnchangedAsync(connection, tables, plan, token);
            outcome = await approver.SayAsync(connection, plan, wish, new Approver.Words(wanted.By!, wanted.Reason, wanted.IsOverLimit), token);
            invocation.HasActed = true;
        }

        OpenChanges open = await approver.OpenAsync(connection, plan, token);
        if (invocation.Json)
        {
            invocation.Text(JsonText.Of(ApproveDocument.Of(plan, outcome, open), PlanDocuments.Default.ApproveDocument));
        }
        else
        {
            invocation.Text(ApproveText.Draw(plan, outcome, open, invocation.Context.OutputWidth));
        }

        return ExitCodes.Done;
    }

    private static ApprovalWish? WishOf(Wanted wanted)
    {
        if (wanted.Reason is { } reason && (string.IsNullOrWhiteSpace(reason) || reason.Length > MostReason || reason.Any(char.IsControl)))
        {
            throw new UsageException($"--reason takes one line of up to {MostReason} characters.");
        }

        if (wanted.IsOverLimit && (wanted.Reason is null || wanted.Reject))
        {
            throw new UsageException(wanted.Reject ? "--over-the-limit is for approving; nothing brakes a --reject." : "--over-the-limit needs a --reason, which is kept with the approval.");
        }

        if (wanted is { All: true, Property: not null } or { All: true, Record: not null } or { Transition: not null, Property: null } or { Transition: not null, Record: not null })
        {
            throw new UsageException("Say what is meant by --all, --property NAME, --property NAME --transition OLD NEW, or --record LEGACY_ID with or without --property NAME.");
        }

        ApprovalScope? scope = wanted switch
        {
            { Record: not null } => ApprovalScope.Record,
            { Transition: not null } => ApprovalScope.Transition,
            { Property: not null } => ApprovalScope.Property,
            { All: true } => ApprovalScope.All,
            _ => null,
        };
        if (scope is null)
        {
            return wanted.Reject || wanted.IsOverLimit || wanted.Pipeline is not null
                ? throw new UsageException("Say what is meant by --all, --property, --transition or --record; without any, 'recon approve PLAN' shows what is open.")
                : null;
        }

        return wanted.By is null
            ? throw new UsageException("Approvals are kept with who made them. Say who by --by NAME.")
            : new ApprovalWish(scope.Value, wanted.Pipeline, wanted.Property, wanted.Transition?[0], wanted.Transition?[1], wanted.Record, !wanted.Reject);
    }

    private sealed record Wanted(
        string? Property, string[]? Transition, string? Record, bool All, string? Pipeline, bool Reject, string? By, string? Reason, bool IsOverLimit);
}
