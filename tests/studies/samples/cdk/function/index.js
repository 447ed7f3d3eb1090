// Posts to its caller what it is told, at the host that the event names.

const { ApiGatewayManagementApi } = require("@aws-sdk/client-apigatewaymanagementapi");

exports.handler = async ({ requestContext: { connectionId, domainName, stage }, body }) => {
  const api = new ApiGatewayManagementApi({ endpoint: `https://${domainName}/${stage}` });
  await api.postToConnection({ ConnectionId: connectionId, Data: body });
  return { statusCode: 200 };
};
