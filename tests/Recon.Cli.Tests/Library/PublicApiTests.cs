using System.Reflection;
using PublicApiGenerator;
using Recon.Cli.Tests.Support;
using Recon.Dataflow.Definition;
using Recon.HubSpot.Updates;
using Recon.Postgres.Runs;

namespace Recon.Cli.Tests.Library;

public sealed class PublicApiTests
{
    [Theory]
    [InlineData(typeof(ValidDefinition))]
    [InlineData(typeof(Reconciliation))]
    [InlineData(typeof(HubspotPack))]
    public async Task PublicApi_OfEachLibrary_IsApproved(Type type)
    {
        Assembly library = type.Assembly;
        string surface = library.GeneratePublicApi(new ApiGeneratorOptions { IncludeAssemblyAttributes = false });

        await Golden.CheckAsync($"{library.GetName().Name}.api.txt", surface.ReplaceLineEndings("\n").TrimEnd('\n') + "\n");
    }
}
