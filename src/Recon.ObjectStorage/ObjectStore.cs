using Recon.Dataflow;
using Recon.ObjectStorage.Addresses;
using Recon.ObjectStorage.Requests;

namespace Recon.ObjectStorage;

/// <summary>
/// Object storage: S3 and what speaks like it (<c>s3://BUCKET/KEY</c>), Azure Blob and any web server that answers range requests and
/// gives ETags (<c>https://…</c>). Thread-safe; dispose it after the last run.
/// </summary>
public sealed class ObjectStore : IObjectStore, IDisposable
{
    private readonly StorageSettings _settings;
    private readonly RangeClient _client;

    private ObjectStore(StorageSettings settings, RequestOptions options, TimeProvider clock)
    {
        _settings = settings;
        _client = new RangeClient(options, clock);
    }

    /// <summary>Storage with the credentials of the environment; they are read when an object is looked for.</summary>
    /// <param name="environment">Gives a variable, <see langword="null"/> where it is not set. Default: the environment of the process.</param>
    /// <returns>The storage. Nothing connects before an object is looked for.</returns>
    public static ObjectStore FromEnvironment(Func<string, string?>? environment = null)
        => Of(environment ?? Environment.GetEnvironmentVariable, new RequestOptions(), TimeProvider.System);

    /// <summary>Disposes the connections.</summary>
    public void Dispose() => _client.Dispose();

    internal static ObjectStore Of(Func<string, string?> environment, RequestOptions options, TimeProvider clock)
        => new(new StorageSettings(environment), options, clock);

    async ValueTask<StoredObject> IObjectStore.FindAsync(ObjectAddress address, CancellationToken cancellationToken)
    {
        ObjectTarget target = _settings.TargetOf(address);
        FoundObject found = await _client.FindAsync(target, cancellationToken);
        return new RangedObject(_client, target, found);
    }
}
