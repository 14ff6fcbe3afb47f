using System.Globalization;
using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Values;
using Recon.HubSpot.Api;
using Recon.Postgres.Push;
using Recon.Postgres.Staging;
using Recon.Push.Approving;
using Recon.Push.Meaning;
using Recon.Push.Preflight;
using Recon.Push.Sending;

namespace Recon.Push.Running;

/// <summary>A plan that this process holds, with what it takes to push it or to take it back.</summary>
internal sealed class PushSession : IAsyncDisposable
{
    private readonly PushRequest _request;
    private readonly PlanHold _hold;

    private PushSession(PushRequest request, PlanHold hold, PushContext context) => (_request, _hold, Context) = (request, hold, context);

    public PushContext Context { get; }

    public PushPlan Plan => Context.Plan;

    public PushTally Tally => Context.Tally;

    /// <summary>What the push will run into without being refused for it; known once it was looked ahead.</summary>
    public IReadOnlyList<string> Warnings { get; private set; } = [];

    /// <exception cref="PlanHeldException">Another process has the plan.</exception>
    /// <exception cref="PushRefusedException">The definition has other pipelines than the plan, or another account.</exception>
    public static async Task<PushSession> OpenAsync(PushRequest request, PushPlan plan, CancellationToken cancellationToken)
    {
        ValidDefinition definition = request.Definition;
        var tables = new StagingTables(definition.Staging.Schema);
        var conversions = new ConversionContext(definition.Defaults, request.BaseDirectory, definition.AllowPathsOutside);
        (PlanPart Part, ValidPipeline Pipeline)[] parts = [.. plan.Parts.Select(part => (part, PipelineOf(definition, part.Pipeline)))];
        if (request.Hubspot.Portal is { } portal && portal != plan.Portal)
        {
            throw new PushRefusedException(
                $"Plan {plan.Id} is for the account {plan.Portal}, and \"hubspot.portal\" of the definition is {portal}. Push it with the definition of its account.");
        }

        PlanHold hold = await PlanHold.TakeAsync(request.Sources.Control, tables, plan.Id, request.Holder, cancellationToken);
        try
        {
            // Another process may have pushed or undone it until just now.
            await using (NpgsqlConnection connection = await request.Sources.Control.OpenConnectionAsync(cancellationToken))
            {
                plan = await new PlanReader(tables).FindAsync(connection, plan.Id.ToString(), cancellationToken);
            }

            var tally = new PushTally(forecast: 2 * ((plan.Records / HubspotClient.InputsPerCall) + 1)) { Told = (state, items) => request.Metrics?.Settled(PushStates.TextOf(state), items) };
            CallBucket bucket = await CallBucket.OpenAsync(request.Sources.Control, tables, plan.Portal, request.Clock, cancellationToken);
#pragma warning disable CA2000 // The session disposes it.
            var client = new HubspotClient(
                request.Hubspot, new CountedBucket(new SharedBucket(bucket), tally), request.Clock, request.Logger, request.Metrics);
#pragma warning restore CA2000
            return new PushSession(request, hold, new PushContext(
                plan,
                client,
                new PushLedger(request.Sources.Writer, tables, plan.Id, hold.Epoch),
                tally,
                parts.ToDictionary(part => part.Pipeline.Name, part => LiveValues.Of(part.Pipeline, conversions)))
            {
                Updates = parts.Where(_ => definition.Hubspot?.Push.KeepHumanEdits == true).ToDictionary(
                    part => part.Pipeline.Name,
                    part => new LegacyUpdateReader(request.Sources.Writer, tables, part.Pipeline, conversions, part.Part.Runs)),
            });
        }
        catch
        {
            await hold.DisposeAsync();
            throw;
        }
    }

    /// <summary>Looks whether the plan may be pushed, and fixes what is sent. Writes nothing to HubSpot.</summary>
    /// <returns>What would be done, for a question; <see langword="null"/> when nothing is left to do.</returns>
    /// <exception cref="PushRefusedException">It may not.</exception>
    public async Task<string?> CheckPushAsync(CancellationToken cancellationToken)
    {
        if (Plan.State is PlanState.Undoing or PlanState.Undone)
        {
            throw new PushRefusedException($"Plan {Plan.Id} was undone. Make another one: 'recon plan'.");
        }

        await Context.Ledger.FixAsync(Plan, cancellationToken);
        IReadOnlyDictionary<PushState, long> items = await Context.Ledger.CountAsync(cancellationToken);
        IReadOnlyDictionary<PushState, long> links = await Context.Ledger.CountLinksAsync(cancellationToken);
        long sendable = PushLedger.Sendable.Sum(state => items.GetValueOrDefault(state));
        long linkable = PushLedger.Sendable.Sum(state => links.GetValueOrDefault(state));
        if (items.Concat(links).All(state => state.Key is PushState.Planned or PushState.Rejected))
        {
            throw new PushRefusedException(
                $"Nothing of plan {Plan.Id} is approved, so nothing was sent. 'recon approve {Plan.Id} --all --by NAME' approves it, or --property, --transition and --record parts of it.");
        }

        if (sendable + linkable > 0)
        {
            await RequireWithinBrakesAsync(cancellationToken);
            await LookAheadAsync(sendable, linkable, cancellationToken);
        }

        return sendable + linkable == 0 ? null
            : $"Write to {Records(sendable)}{(linkable > 0 ? string.Create(CultureInfo.InvariantCulture, $" and make {linkable:N0} associations") : "")} in the HubSpot account {Plan.Portal}";
    }

    /// <summary>Looks whether the plan may be undone. Writes nothing to HubSpot.</summary>
    /// <inheritdoc cref="CheckPushAsync"/>
    public async Task<string?> CheckUndoAsync(CancellationToken cancellationToken)
    {
        if (Plan.State == PlanState.Planned)
        {
            throw new PushRefusedException($"Plan {Plan.Id} was never pushed: there is nothing to undo.");
        }

        IReadOnlyDictionary<PushState, long> items = await Context.Ledger.CountAsync(cancellationToken);
        long undoable = PushLedger.Undoable.Sum(state => items.GetValueOrDefault(state));
        if (undoable == 0 && Plan.State is not (PlanState.Undoing or PlanState.Undone))
        {
            throw new PushRefusedException($"Plan {Plan.Id} has written to no record: there is nothing to undo, and it stays as it is.");
        }

        await RefuseOtherPortalAsync(cancellationToken);
        return undoable == 0 ? null : $"Put back {Records(undoable)} in the HubSpot account {Plan.Portal}";
    }

    public PushRunner Runner(PushSettings settings) => new(Context, settings, _request.Clock);

    public async ValueTask DisposeAsync()
    {
        Context.Client.Dispose();
        await _hold.DisposeAsync();
    }

    private async Task RefuseOtherPortalAsync(CancellationToken cancellationToken)
    {
        AccountDetails account = await Context.Client.AccountAsync(cancellationToken);
        if (account.PortalId != Plan.Portal)
        {
            throw new PushRefusedException(
                $"Plan {Plan.Id} is for the account {Plan.Portal}, and the token in {_request.Hubspot.TokenVariable} belongs to {account.PortalId}. Nothing was sent.");
        }
    }

    // What was approved stays what the definition allows.
    private async Task RequireWithinBrakesAsync(CancellationToken cancellationToken)
    {
        var tables = new StagingTables(_request.Definition.Staging.Schema);
        await using NpgsqlConnection connection = await _request.Sources.Control.OpenConnectionAsync(cancellationToken);
        IReadOnlyList<string> exceeded = await new Approver(tables).ExceededAsync(connection, Plan, cancellationToken);
        if (exceeded.Count > 0
            && !(await new ApprovalStore(tables).ListAsync(connection, Plan, cancellationToken)).Any(approval => approval.IsOverLimit && approval.Wish.IsApproved))
        {
            throw new PushRefusedException(
                $"Plan {Plan.Id} exceeds what the definition allows: {string.Join("; ", exceeded)}. Nothing was sent. Approve less, or approve it with --over-the-limit and a --reason.");
        }
    }

    // Everything that can be known before the first write is known before it.
    private async Task LookAheadAsync(long items, long links, CancellationToken cancellationToken)
    {
        long calls = ((2 * items) + links) / HubspotClient.InputsPerCall;
        IReadOnlyList<string> linked = links > 0 ? await Context.Ledger.LinkTypesAsync(cancellationToken) : [];
        var request = new PreflightRequest(Plan.Portal, [.. Plan.Parts.SelectMany(part => part.ObjectTypes).Union(linked, StringComparer.Ordinal)], calls);
        IReadOnlyList<PreflightFinding> findings = await new PushPreflight(Context.Client, _request.Hubspot, _request.Clock)
            .CheckAsync(request, Context.Ledger.ToSendAsync(cancellationToken), cancellationToken);
        PreflightFinding[] refusing = [.. findings.Where(finding => finding.Refuses)];
        if (refusing.Length > 0)
        {
            string told = $"Plan {Plan.Id} is not pushed, and nothing was sent:\n{string.Join("\n", refusing.Select(finding => $"  {finding.Subject}: {finding.Message} {finding.Fix}"))}";
            throw refusing.All(finding => finding.Subject is "calls" or "HubSpot") ? new HubspotException(HubspotFault.Unavailable, told) : new PushRefusedException(told);
        }

        Warnings = [.. findings.Select(finding => $"{finding.Subject}: {finding.Message} {finding.Fix}")];
    }

    private static string Records(long count)
        => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? "record" : "records")}");

    private static ValidPipeline PipelineOf(ValidDefinition definition, string name)
        => definition.Pipelines.FirstOrDefault(pipeline => pipeline.Name == name)
            ?? throw new PushRefusedException(
                $"The plan has records of the pipeline '{name}', which the definition does not have any more. Use the definition that it was made with.");
}
