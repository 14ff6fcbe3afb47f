using Recon.Dataflow.Definition;
using Recon.Dataflow.Values;
using Recon.HubSpot.Api;
using Recon.Postgres.Push;
using Recon.Postgres.Staging;
using Recon.Push.Meaning;

namespace Recon.Push.Sending;

/// <summary>A plan that this process holds, with what it takes to push it or to take it back.</summary>
internal sealed class PushSession : IAsyncDisposable
{
    private readonly PushRequest _request;
    private readonly PlanHold _hold;

    private PushSession(PushRequest request, PlanHold hold, PushContext context) => (_request, _hold, Context) = (request, hold, context);

    public PushContext Context { get; }

    public PushPlan Plan => Context.Plan;

    public PushTally Tally => Context.Tally;

    /// <exception cref="PlanHeldException">Another process has the plan.</exception>
    /// <exception cref="PushRefusedException">The definition has other pipelines than the plan, or another account.</exception>
    public static async Task<PushSession> OpenAsync(PushRequest request, PushPlan plan, CancellationToken cancellationToken)
    {
        Dictionary<string, LiveValues> values = plan.Parts.ToDictionary(part => part.Pipeline, part => ValuesOf(request, part.Pipeline));
        if (request.Hubspot.Portal is { } portal && portal != plan.Portal)
        {
            throw new PushRefusedException(
                $"Plan {plan.Id} is for the account {plan.Portal}, and \"hubspot.portal\" of the definition is {portal}. Push it with the definition of its account.");
        }

        var tables = new StagingTables(request.Definition.Staging.Schema);
        PlanHold hold = await PlanHold.TakeAsync(request.Sources.Control, tables, plan.Id, request.Holder, cancellationToken);
        try
        {
            var tally = new PushTally(forecast: 2 * ((plan.Records / HubspotClient.InputsPerCall) + 1)) { Told = (state, items) => request.Metrics?.Settled(PushStates.TextOf(state), items) };
            CallBucket bucket = await CallBucket.OpenAsync(request.Sources.Control, tables, plan.Portal, request.Clock, cancellationToken);
            var client = new HubspotClient(
                request.Hubspot, new SharedBucket(bucket, tally, request.Clock), request.Clock, request.Logger, request.Metrics);
            return new PushSession(request, hold, new PushContext(plan, client, new PushLedger(request.Sources.Writer, tables, plan.Id), tally, values));
        }
        catch
        {
            await hold.DisposeAsync();
            throw;
        }
    }

    /// <summary>Refuses the plan when the token is of another account.</summary>
    /// <exception cref="PushRefusedException">It is.</exception>
    public async Task RefuseOtherPortalAsync(CancellationToken cancellationToken)
    {
        AccountDetails account = await Context.Client.AccountAsync(cancellationToken);
        if (account.PortalId != Plan.Portal)
        {
            throw new PushRefusedException(
                $"Plan {Plan.Id} is for the account {Plan.Portal}, and the token in {_request.Hubspot.TokenVariable} belongs to {account.PortalId}. Nothing was sent.");
        }
    }

    public PushRunner Runner(PushSettings settings) => new(Context, settings, _request.Clock);

    public async ValueTask DisposeAsync()
    {
        Context.Client.Dispose();
        await _hold.DisposeAsync();
    }

    private static LiveValues ValuesOf(PushRequest request, string name)
    {
        ValidDefinition definition = request.Definition;
        ValidPipeline pipeline = definition.Pipelines.FirstOrDefault(pipeline => pipeline.Name == name)
            ?? throw new PushRefusedException($"The plan has records of the pipeline '{name}', which the definition does not have any more. Use the definition that it was made with.");
        return LiveValues.Of(pipeline, new ConversionContext(definition.Defaults, request.BaseDirectory, definition.AllowPathsOutside));
    }
}
