using System.Text.Json.Serialization;

namespace Recon.HubSpot.Api;

internal sealed record UpdateRequest(IReadOnlyList<UpdateInput> Inputs);

internal sealed record IdInput(string Id);

internal sealed record ReadRequest(
    IReadOnlyList<IdInput> Inputs, IReadOnlyCollection<string> Properties, IReadOnlyCollection<string>? PropertiesWithHistory);

internal sealed record LinkInput(IdInput From, IdInput To);

internal sealed record LinkRequest(IReadOnlyList<LinkInput> Inputs);

internal sealed record SearchFilter(string PropertyName, string Operator, IReadOnlyList<string> Values);

internal sealed record SearchGroup(IReadOnlyList<SearchFilter> Filters);

internal sealed record SearchRequest(IReadOnlyList<SearchGroup> FilterGroups, IReadOnlyList<string> Properties, int Limit);

internal sealed record TokenRequest(string TokenKey)
{
    public override string ToString() => nameof(TokenRequest);
}

/// <summary>The bodies that are sent.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(UpdateRequest))]
[JsonSerializable(typeof(ReadRequest))]
[JsonSerializable(typeof(LinkRequest))]
[JsonSerializable(typeof(SearchRequest))]
[JsonSerializable(typeof(TokenRequest))]
internal sealed partial class ApiJson : JsonSerializerContext;
