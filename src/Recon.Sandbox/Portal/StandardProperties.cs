namespace Recon.Sandbox.Portal;

/// <summary>The properties that every object has, and that HubSpot itself keeps.</summary>
internal static class StandardProperties
{
    public const string Id = "hs_object_id";
    public const string MergedIds = "hs_merged_object_ids";
    public const string Created = "createdate";
    public const string OtherCreated = "hs_createdate";
    public const string Modified = "hs_lastmodifieddate";
    public const string OtherModified = "lastmodifieddate";

    public static IReadOnlyList<SandboxProperty> All { get; } =
    [
        new(Id) { Type = "number", FieldType = "number", IsReadOnly = true, IsUnique = true, IsOfHubspot = true },
        new(MergedIds) { Type = "enumeration", FieldType = "checkbox", IsReadOnly = true, IsOfHubspot = true },
        Time(Created), Time(OtherCreated), Time(Modified), Time(OtherModified),
    ];

    public static bool Has(string name) => name is Id or MergedIds or Created or OtherCreated or Modified or OtherModified;

    /// <summary>What a record says of itself.</summary>
    public static string? Of(SandboxRecord record, string name) => name switch
    {
        Id => record.Id,
        MergedIds => record.MergedIds.Count == 0 ? null : string.Join(';', record.MergedIds),
        Created or OtherCreated => Instants.Text(record.CreatedAt),
        Modified or OtherModified => Instants.Text(record.UpdatedAt),
        _ => null,
    };

    private static SandboxProperty Time(string name) => new(name) { Type = "datetime", FieldType = "date", IsReadOnly = true, IsOfHubspot = true };
}
