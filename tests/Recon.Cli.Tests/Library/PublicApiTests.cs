using System.Reflection;
using System.Runtime.CompilerServices;
using PublicApiGenerator;
using Recon.Cli.Tests.Support;
using Recon.Dataflow.Definition;
using Recon.ObjectStorage;
using Recon.Postgres.Embedded;
using Recon.Postgres.Runs;

namespace Recon.Cli.Tests.Library;

public sealed class PublicApiTests
{
    [Theory]
    [InlineData(typeof(ValidDefinition))]
    [InlineData(typeof(Reconciliation))]
    [InlineData(typeof(EmbeddedPostgres))]
    [InlineData(typeof(ObjectStore))]
    public async Task PublicApi_OfEachLibrary_IsApproved(Type type)
    {
        Assembly library = type.Assembly;
        string surface = library.GeneratePublicApi(new ApiGeneratorOptions
        {
            IncludeAssemblyAttributes = false,

            // It names a type that the compiler numbers anew with every member added before it.
            ExcludeAttributes = [typeof(AsyncIteratorStateMachineAttribute).FullName!],
        });

        await Golden.CheckAsync($"{library.GetName().Name}.api.txt", surface.ReplaceLineEndings("\n").TrimEnd('\n') + "\n");
    }
}
