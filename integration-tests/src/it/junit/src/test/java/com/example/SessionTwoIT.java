package com.example;

class SessionTwoIT extends SharedServer {}
