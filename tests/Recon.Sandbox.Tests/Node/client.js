// HubSpot's own client, unchanged, against the sandbox: what it reads, writes and links is printed as one JSON document.
const { Client } = require('@hubspot/api-client');

(async () => {
  const client = new Client({ accessToken: process.env.RECON_HUBSPOT_TOKEN, basePath: process.env.RECON_HUBSPOT_BASE });
  const inputs = [{ id: '1' }, { id: '2' }];
  const before = await client.crm.companies.batchApi.read({ inputs, properties: ['name', 'phone'], propertiesWithHistory: [] });
  const update = await client.crm.companies.batchApi.update({
    inputs: [
      { id: '1', objectWriteTraceId: 'a', properties: { name: 'From Node' } },
      { id: '2', objectWriteTraceId: 'b', properties: { type: 'NOPE' } },
    ],
  });
  const after = await client.crm.companies.batchApi.read({ inputs: [{ id: '1' }], properties: ['name'], propertiesWithHistory: ['name'] });
  const properties = await client.crm.properties.coreApi.getAll('companies');
  const links = await client.crm.associations.v4.batchApi.createDefault('contacts', 'companies', {
    inputs: [{ _from: { id: '201' }, to: { id: '1' } }],
  });
  const linked = await client.crm.associations.v4.basicApi.getPage('contacts', '201', 'companies');
  console.log(JSON.stringify({
    before: before.results.map((record) => record.properties.name),
    updated: update.results.map((record) => record.objectWriteTraceId),
    errors: update.errors.map((error) => [error.context.objectWriteTraceId[0], error.errors[0].code]),
    history: after.results[0].propertiesWithHistory.name.map((item) => [item.value, item.sourceType, item.timestamp instanceof Date]),
    options: properties.results.find((property) => property.name === 'type').options.map((option) => option.value),
    readOnly: properties.results.filter((property) => property.modificationMetadata.readOnlyValue).length,
    links: links.results.length,
    linked: linked.results.map((link) => String(link.toObjectId)),
  }));
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
