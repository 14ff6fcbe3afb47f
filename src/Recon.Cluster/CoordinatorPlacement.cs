using Microsoft.Extensions.Logging;
using Orleans.Placement;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Recon.Cluster;

/// <summary>Where a coordinator is looked for: in the process that is it, else in the one that has been there longest.</summary>
[Serializable]
internal sealed class CoordinatorPlacement : PlacementStrategy;

[AttributeUsage(AttributeTargets.Class)]
internal sealed class CoordinatorPlacementAttribute() : PlacementAttribute(new CoordinatorPlacement());

/// <summary>
/// Orleans forgets where an activation is when the silo that kept its entry dies, which can be any worker's. The coordinator must not move
/// because of that, so the job's row decides; all ask it, and so agree.
/// </summary>
internal sealed class CoordinatorPlacementDirector(ICoordinatorHost host, ILogger<CoordinatorPlacementDirector> logger) : IPlacementDirector
{
    public async Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        SiloAddress[] silos = context.GetCompatibleSilos(target);
        string? coordinator = await CoordinatorAsync();
        return silos.FirstOrDefault(silo => silo.ToParsableString() == coordinator)
            ?? silos.OrderBy(silo => silo.Generation).ThenBy(silo => silo.ToParsableString(), StringComparer.Ordinal).First();
    }

    private async Task<string?> CoordinatorAsync()
    {
        try
        {
            return await host.CoordinatorAsync();
        }
#pragma warning disable CA1031 // Whatever keeps the row from being read, somebody has to coordinate; the lease tells who may.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.CoordinatorUnknown(exception);
            return null;
        }
    }
}
