// A WebSocket API by CDK, which echoes what it is told.

const { App, CfnOutput, Stack } = require("aws-cdk-lib");
const { WebSocketApi, WebSocketStage } = require("aws-cdk-lib/aws-apigatewayv2");
const { WebSocketLambdaIntegration } = require("aws-cdk-lib/aws-apigatewayv2-integrations");
const { Code, Function, Runtime } = require("aws-cdk-lib/aws-lambda");

const stack = new Stack(new App(), "Echo");
const runtime = Runtime.NODEJS_22_X;
const echo = new Function(stack, "Function", { runtime, handler: "index.handler", code: Code.fromAsset("function") });
const integration = new WebSocketLambdaIntegration("Integration", echo);
const webSocketApi = new WebSocketApi(stack, "Api", { apiName: "cdk-echo", defaultRouteOptions: { integration } });
const stage = new WebSocketStage(stack, "Stage", { webSocketApi, stageName: "dev", autoDeploy: true });
webSocketApi.grantManageConnections(echo);
new CfnOutput(stack, "Url", { value: stage.url });
