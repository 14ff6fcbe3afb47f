using System.Text.Json.Serialization;

namespace Recon.Postgres.Runs.Shared;

/// <summary>What workers and coordinator say to each other, as JSON: what crosses machines.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(WorkerCard))]
[JsonSerializable(typeof(JoinReply))]
[JsonSerializable(typeof(WorkerReport))]
[JsonSerializable(typeof(WorkerOrders))]
internal sealed partial class ExchangeJson : JsonSerializerContext;
