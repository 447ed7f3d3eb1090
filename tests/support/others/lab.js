// The lab's own seven functions, in their later edition's shape: what each is told, stores, answers and posts.

const { dynamodb, post } = require("./aws");

const { TABLE_CR, TABLE_RMU } = process.env;
const EVERYBODY = "no-rooms";

const answer = (body) => ({ statusCode: 200, body: JSON.stringify(body) });
const told = (event) => JSON.parse(event.body);
const of = (room) => ({ TableName: TABLE_RMU, Key: { room: { S: room } } });
const listed = (list) => (list ? list.L.map((each) => each.S) : []);

/** Tell connections something, one after the other. */
async function tell(context, connections, message) {
  for (const id of connections) await post(context, id, JSON.stringify(message));
}

async function everybody() {
  const { Items } = await dynamodb("Scan", { TableName: TABLE_CR });
  return Items.map((item) => item.ID.S);
}

function set(id, name, value) {
  return dynamodb("UpdateItem", {
    TableName: TABLE_CR,
    Key: { ID: { S: id } },
    UpdateExpression: "set #n = :v",
    ExpressionAttributeNames: { "#n": name },
    ExpressionAttributeValues: { ":v": { S: value } },
  });
}

function append(room, list, value) {
  return dynamodb("UpdateItem", {
    ...of(room),
    UpdateExpression: "set #l = list_append(if_not_exists(#l, :none), :v)",
    ExpressionAttributeNames: { "#l": list },
    ExpressionAttributeValues: { ":none": { L: [] }, ":v": { L: [value] } },
  });
}

async function leave(context, room) {
  const { Item } = await dynamodb("GetItem", of(room));
  const users = listed(Item && Item.users);
  if (users.length > 1) {
    const UpdateExpression = `remove #u[${users.indexOf(context.connectionId)}]`;
    await dynamodb("UpdateItem", { ...of(room), UpdateExpression, ExpressionAttributeNames: { "#u": "users" } });
  } else {
    await dynamodb("DeleteItem", of(room));
    await tell(context, await everybody(), { type: "delete-room", room });
  }
}

exports.connect = async ({ requestContext }) => {
  await dynamodb("PutItem", { TableName: TABLE_CR, Item: { ID: { S: requestContext.connectionId } } });
  return answer({});
};

exports.register = async (event) => {
  await set(event.requestContext.connectionId, "name", told(event).value);
  const { Items } = await dynamodb("Scan", { TableName: TABLE_RMU });
  return answer({ type: "signup", updateStatus: "SUCCESS", rooms: Items.map((item) => item.room.S) });
};

exports.create = async (event) => {
  const { value } = told(event);
  const { connectionId } = event.requestContext;
  const users = { L: [{ S: connectionId }] };
  await dynamodb("PutItem", { TableName: TABLE_RMU, Item: { room: { S: value }, users } });
  await set(connectionId, "room", value);
  await tell(event.requestContext, await everybody(), { type: "single-room", message: value });
  return answer({ transactWrite: "SUCCESS", scan: "SUCCESS" });
};

exports.join = async (event) => {
  const { value } = told(event);
  const { connectionId } = event.requestContext;
  await append(value, "users", { S: connectionId });
  await set(connectionId, "room", value);
  const { Item } = await dynamodb("GetItem", of(value));
  if (!Item.messages) return answer({ transactWrite: "SUCCESS", scanStatus: "EMPTY" });
  const messages = listed(Item.messages).map((each) => JSON.parse(each));
  return answer({ transactWrite: "SUCCESS", scanStatus: "SUCCESS", messages, type: "multi-message" });
};

exports.dispatch = async (event) => {
  const { value, room, name } = told(event);
  const message = { message: value, user: name, type: "client-message" };
  if (name === EVERYBODY) {
    await tell(event.requestContext, await everybody(), message);
    return answer({ scanStatus: "SUCCESS" });
  }
  const { Item } = await dynamodb("GetItem", of(room));
  await tell(event.requestContext, listed(Item.users), message);
  const time = new Date().toLocaleString("en-US");
  await append(room, "messages", { S: JSON.stringify({ user: name, content: value, time }) });
  return answer({ scanStatus: "SUCCESS", dispatchStatus: "SUCCESS", putStatus: "SUCCESS" });
};

exports.leave = async (event) => {
  await leave(event.requestContext, told(event).room);
  return answer({ deleteStatus: "SUCCESS" });
};

exports.disconnect = async ({ requestContext }) => {
  const key = { TableName: TABLE_CR, Key: { ID: { S: requestContext.connectionId } } };
  const { Attributes } = await dynamodb("DeleteItem", { ...key, ReturnValues: "ALL_OLD" });
  if (Attributes && Attributes.room) await leave(requestContext, Attributes.room.S);
  return answer({});
};
